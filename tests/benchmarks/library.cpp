// What a call of the library costs beside the reference: C++ and C, for a reference that does next to nothing and no
// surrogate. Time of an iteration is that of one solve(); items are rows.
#include <benchmark/benchmark.h>
#include <mpi.h>

#include <stdexcept>
#include <vector>

#include "bimetal/bimetal.h"
#include "bimetal/hybrid.hpp"

namespace {

constexpr std::size_t n_in = 3, n_out = 2;

struct Tables {
  explicit Tables(std::int64_t n)
      : in(static_cast<std::size_t>(n) * n_in, 0.5), out(static_cast<std::size_t>(n) * n_out) {}
  std::vector<double> in, out;
};

int copy_rows(void*, int64_t n, const double* in, double* out, int32_t*) {
  for (int64_t i = 0; i < n; ++i) {
    out[2 * i] = in[3 * i];
    out[2 * i + 1] = in[3 * i + 1];
  }
  return 0;
}

const bimetal::Options options{{"switching.policy", "never"}, {"output.log", "silent"}};

void cpp(benchmark::State& state) {
  bimetal::Problem problem{.kind = "nothing",
                           .inputs = {{"x", "1"}, {"y", "1"}, {"z", "1"}},
                           .outputs = {{"x", "1", 1.0, "x"}, {"y", "1", 1.0, "y"}}};
  problem.reference = [](const bimetal::ReferenceRows& rows) {
    copy_rows(nullptr, rows.n, rows.in.data(), rows.out.data(), nullptr);
  };
  problem.rows_per_call = state.range(1);
  bimetal::Hybrid hybrid(problem, options, MPI_COMM_WORLD);
  Tables tables(state.range(0));
  std::int64_t step = 0;
  for (auto _ : state) hybrid.solve(step++, {.n = state.range(0), .in = tables.in, .out = tables.out});
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void check(bimetal_status status) {
  if (status != BIMETAL_OK) throw std::runtime_error(bimetal_last_error());
}

void c(benchmark::State& state) {
  bimetal_hybrid* hybrid = nullptr;
  check(bimetal_create("nothing", &hybrid));
  for (const auto* name : {"x", "y", "z"}) check(bimetal_add_input(hybrid, name, "1", 1.0, "plain"));
  for (const auto* name : {"x", "y"}) check(bimetal_add_output(hybrid, name, "1", 1.0, name));
  for (const auto& [key, value] : options) check(bimetal_set_option(hybrid, key.c_str(), value.c_str()));
  check(bimetal_set_reference(hybrid, copy_rows, nullptr, state.range(1)));
  check(bimetal_start(hybrid, MPI_COMM_WORLD));
  Tables tables(state.range(0));
  std::int64_t step = 0;
  for (auto _ : state)
    check(bimetal_solve(hybrid, step++, state.range(0), nullptr, tables.in.data(), tables.out.data(), nullptr));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  bimetal_destroy(&hybrid);
}

// Rows of a batch; rows of a call of the reference, 0: all.
BENCHMARK(cpp)->ArgNames({"rows", "per_call"})->Args({1, 1})->Args({1000, 1})->Args({1000, 0})->Args({100000, 0});
BENCHMARK(c)->ArgNames({"rows", "per_call"})->Args({1, 1})->Args({1000, 1})->Args({1000, 0})->Args({100000, 0});

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  MPI_Finalize();
}
