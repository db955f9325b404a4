// Times of the cell problem of two-scale conduction, with Google Benchmark: a flux, and a flux with its tangent, of
// rows drawn at random, by pixels and contrast.
#include <benchmark/benchmark.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "core/random.hpp"
#include "homogenisation/conduction_cell_solver.hpp"

namespace {

using namespace bimetal;
using namespace bimetal::homogenisation;

constexpr std::int64_t n_rows = 64;

ConductionCell cell_of(int pixels, double contrast) {
  return ConductionCell({.pixels = pixels,
                         .aspect = 1.5,
                         .matrix = {.k = 1.0, .temperature_exponent = 0.3, .p = 2.5, .g0 = 1000.0},
                         .inclusion = {.k = contrast, .temperature_exponent = -0.2, .p = 1.6, .g0 = 1000.0},
                         .gradient_scale = 1000.0,
                         .conductivity_scale = {1.0, 1.0, 1.0}});
}

/// Gradients of 30 to 3000 K/m in all directions, inclusions of all sizes and directions.
CellState draw_cell(std::int64_t i) {
  const auto random = [&](std::uint64_t column) {
    return core::random_uniform(3, core::Purpose::data, static_cast<std::uint64_t>(i), column);
  };
  const double g = 3000.0 * std::pow(10.0, -2.0 * random(0)), direction = 2.0 * std::numbers::pi * random(1);
  return {.T = 250.0 + 150.0 * random(2),
          .gradient = {g * std::cos(direction), g * std::sin(direction), 0.0},
          .fraction = 0.05 + 0.42 * random(3),
          .angle = std::numbers::pi * random(4)};
}

/// Arguments: pixels, contrast, whether with the tangent. One iteration is one row.
void cell(benchmark::State& state) {
  ConductionCellSolver solver(cell_of(static_cast<int>(state.range(0)), static_cast<double>(state.range(1))));
  const auto& shape = solver.kind().rows();
  core::RowTable rows(shape.n_in(), n_rows);
  for (std::int64_t i = 0; i < n_rows; ++i) shape.pose(draw_cell(i), rows[i]);
  const std::vector<std::int64_t> id{0};
  std::vector<double> answer(2), dq_dg(4), dq_dT(2);
  std::int64_t row = 0;
  for (auto _ : state) {
    const auto in = rows[row];
    subproblem::Batch batch{.in = {in.data(), 1, std::ssize(in)}, .out = {answer.data(), 1, 2}, .id = id};
    solver.solve(batch);
    if (state.range(2) != 0) solver.tangent(draw_cell(row), dq_dg, dq_dT);
    benchmark::DoNotOptimize(answer.data());
    if (++row == n_rows) row = 0;
  }
  const auto per_row = [&](std::int64_t count) {
    return static_cast<double>(count) / static_cast<double>(solver.counts().rows);
  };
  state.counters["newton"] = per_row(solver.counts().newton);
  state.counters["cg"] = per_row(solver.counts().cg);
}

BENCHMARK(cell)
    ->ArgNames({"pixels", "contrast", "tangent"})
    ->ArgsProduct({{16, 32, 64, 128}, {10, 30, 100}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
