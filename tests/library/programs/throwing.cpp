// A solver in C++ whose reference, or law, throws on one rank in one step; it prints what each rank is told.
#include <bimetal/hybrid.hpp>
#include <cmath>
#include <cstdio>
#include <string>

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const std::string fault = argc > 1 ? argv[1] : "";
  int rank = 0, size = 1, exit_code = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  int step = 0;
  const auto bad = [&] { return step == 3 && rank == size - 1; };
  try {
    bimetal::Problem problem{.kind = "toy", .inputs = {{"x", "1"}}, .outputs = {{"x", "1", 1.0, "x"}}};
    problem.reference = bimetal::by_row([&](std::span<const double> in, std::span<double> out) {
      if (fault == "reference" && bad()) throw std::domain_error("beyond the table");
      out[0] = 0.9 * in[0];
    });
    problem.laws.push_back({"throws", [&](std::span<const double>, std::span<double>) -> bool {
                              if (fault == "law") throw std::logic_error("no such law");
                              return true;
                            }});
    bimetal::Hybrid hybrid(problem,
                           {{"output.log", "silent"}, {"switching.policy", "always"}, {"switching.cost_veto", "false"},
                            {"training.updates_per_step", "40"}, {"surrogate.layers", "[8]"}},
                           MPI_COMM_WORLD);
    std::vector<double> in(1000), out(1000);
    for (; step < 60; ++step) {
      for (std::size_t i = 0; i < in.size(); ++i) in[i] = std::sin(static_cast<double>(i) + step + rank);
      hybrid.solve(step, {.n = 1000, .in = in, .out = out});
    }
  } catch (const bimetal::PhysicsFailure& failure) {
    std::printf("rank %d: physics failed on rank %d, row %lld, code %d: %s\n", rank, failure.rank,
                static_cast<long long>(failure.id), failure.code, failure.what());
    exit_code = 3;
  } catch (const bimetal::BadInput& error) {
    std::printf("rank %d: bad input: %s\n", rank, error.what());
    exit_code = 2;
  } catch (const bimetal::Failure& failure) {
    std::printf("rank %d: failure: %s\n", rank, failure.what());
    exit_code = 1;
  }
  std::fflush(stdout);
  MPI_Finalize();
  return exit_code;
}
