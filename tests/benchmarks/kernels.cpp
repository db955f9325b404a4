// Times of the inner loops of chemistry on rows of a burning flame, with Google Benchmark.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "cases.hpp"
#include "chemistry/kinetics.hpp"
#include "chemistry/mixture_averaged_transport.hpp"
#include "flame_states.hpp"
#include "parallel/session.hpp"
#include "petsc/session.hpp"
#include "subproblem/dense_lu.hpp"
#include "subproblem/reactor.hpp"
#include "subproblem/reactor_equations.hpp"

namespace {

using namespace bimetal;

constexpr double pressure = 101325.0;  // of the flames [Pa]

struct Flame {
  std::shared_ptr<const chemistry::Mechanism> mechanism;
  benchmarks::FlameStates states;

  std::size_t n() const { return mechanism->n_species(); }
};

/// Runs `kernel` over the rows, one per iteration.
template <class Kernel>
void over_rows(benchmark::State& state, const Flame& flame, Kernel kernel) {
  std::int64_t row = 0;
  for (auto _ : state) {
    kernel(flame.states.rows[row]);
    if (++row == flame.states.rows.size()) row = 0;
  }
}

void rates(benchmark::State& state, const Flame& flame) {
  chemistry::Kinetics kinetics(*flame.mechanism);
  std::vector<double> omega(flame.n());
  over_rows(state, flame, [&](std::span<const double> row) {
    kinetics.net_production_rates(row[0], pressure, row.subspan(1), omega);
    benchmark::DoNotOptimize(omega.data());
  });
}

void rates_and_jacobian(benchmark::State& state, const Flame& flame) {
  subproblem::ReactorEquations equations(*flame.mechanism, subproblem::Constraint::constant_pressure, pressure);
  const std::size_t size = equations.size();
  std::vector<double> f(size), J(size * size);
  over_rows(state, flame, [&](std::span<const double> row) {
    benchmark::DoNotOptimize(equations.linearise(row, f, J));
    benchmark::DoNotOptimize(J.data());
  });
}

void factor(benchmark::State& state, const Flame& flame) {
  subproblem::ReactorEquations equations(*flame.mechanism, subproblem::Constraint::constant_pressure, pressure);
  const std::size_t size = equations.size();
  std::vector<double> f(size), J(size * size);
  equations.linearise(flame.states.rows[flame.states.rows.size() / 2], f, J);
  subproblem::DenseLu lu(size);
  for (auto _ : state) benchmark::DoNotOptimize(lu.factor(2e6, -1.0, J));
}

void mixture_averaged_transport(benchmark::State& state, const Flame& flame) {
  chemistry::MixtureAveragedTransport transport(*flame.mechanism);
  const chemistry::Thermodynamics thermodynamics(*flame.mechanism);
  std::vector<double> cp(flame.n()), D(flame.n());
  over_rows(state, flame, [&](std::span<const double> row) {
    thermodynamics.species_cp(row[0], cp);
    benchmark::DoNotOptimize(transport.evaluate(row[0], pressure, row.subspan(1), cp, D));
  });
}

void inert(benchmark::State& state, const Flame& flame) {
  subproblem::Reactor reactor(flame.mechanism, {.pressure = pressure}, flame.states.scales);
  over_rows(state, flame, [&](std::span<const double> row) { benchmark::DoNotOptimize(reactor.inert(row, 1e-3)); });
}

void admit(benchmark::State& state, const Flame& flame) {
  subproblem::Reactor reactor(flame.mechanism, {.pressure = pressure}, flame.states.scales);
  std::vector<double> out(1 + flame.n());
  over_rows(state, flame, [&](std::span<const double> row) {
    std::copy(row.begin(), row.end(), out.begin());
    out[1] += 1e-7;  // so that there is something to restore
    benchmark::DoNotOptimize(reactor.admit(row, out, 1e-3));
  });
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const parallel::Session session(argc, argv);
  const petsc::Session petsc(session.world());
  std::vector<Flame> flames;
  flames.reserve(3);
  for (const auto& one : benchmarks::flame_cases()) {
    const auto mechanism = one.load();
    flames.push_back(
        {mechanism, benchmarks::flame_states(mechanism, one.flame, {1e-6}, 1000, session.world()).front()});
    const auto add = [&](const char* kernel, void (*function)(benchmark::State&, const Flame&)) {
      benchmark::RegisterBenchmark((std::string(kernel) + '/' + one.name).c_str(), function,
                                   std::cref(flames.back()));
    };
    add("rates", rates);
    add("rates_and_jacobian", rates_and_jacobian);
    add("factor", factor);
    add("mixture_averaged_transport", mixture_averaged_transport);
    add("inert", inert);
    add("admit", admit);
  }
  benchmark::RunSpecifiedBenchmarks();
}
