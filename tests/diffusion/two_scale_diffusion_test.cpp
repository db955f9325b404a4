#include "diffusion/two_scale_diffusion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "../support/memory_archive.hpp"
#include "../support/petsc_environment.hpp"
#include "core/error.hpp"

namespace bimetal::diffusion {
namespace {

using bimetal::testing::MemoryArchive;
using bimetal::testing::world;
using precipitation::GrainCell;
using precipitation::GrainCellSolver;

const precipitation::GrainCellOptions cell_options{.pixels = 32, .phase = {.width = 0.12}};
const DiffusionOptions options{.sink = {.length = 0.125, .value = 0.0}, .a = 0.4, .b = 0.3};

/// The published case on a small scale.
struct Medium {
  explicit Medium(const DiffusionOptions& macro = options)
      : grid({.cells = {8, 4},
              .lower = {0.0, 0.0},
              .upper = {1.0, 0.5},
              .boundary = {grid::Boundary::wall, grid::Boundary::wall}},
             1, world()),
        solver(cell_options),
        medium(grid, macro, solver, solver) {}

  /// u, then the cells, of all ranks in the order of ids.
  std::vector<double> state() const {
    const auto& e = medium.extents();
    std::vector<double> all(static_cast<std::size_t>(e.n_cells() * (1 + GrainCell::n_out)), 0.0);
    const auto view = medium.u();
    std::int64_t cell = 0;
    grid::for_owned_cells(e, [&](auto i, auto j, auto k) {
      const auto id = e.global_id(i, j, k);
      double* to = all.data() + id * (1 + GrainCell::n_out);
      *to++ = view.rows()[cell][0];
      std::ranges::copy(medium.cells()[cell++], to);
    });
    world().sum_in_place(std::span<double>(all));
    return all;
  }

  grid::StructuredGrid grid;
  GrainCellSolver solver;
  TwoScaleDiffusion medium;
};

TEST(TwoScaleDiffusion, grains_dissolve_where_little_is_left) {
  Medium run;
  for (int step = 0; step < 5; ++step) {
    const auto report = run.medium.advance(0.01, step);
    EXPECT_TRUE(report.completed);
    EXPECT_GE(report.iterations, 2);
  }
  const auto state = run.state();
  constexpr std::size_t width = 1 + GrainCell::n_out;
  const std::size_t corner = 0, far = 31 * width;
  EXPECT_LT(state[corner], 0.2);
  EXPECT_GT(state[far], 0.49);
  EXPECT_GT(state[corner + 1], state[far + 1] + 0.05);  // porosity
  EXPECT_GT(state[corner + 4], state[far + 4] + 0.05);  // K_xx
  EXPECT_GT(state[far + 4], state[far + 5]);            // as the grains are longer along x
  EXPECT_NEAR(run.medium.gained(), run.medium.inflow(), 1e-9);
  EXPECT_LT(run.medium.inflow(), -1e-3);
}

/// The balance of every grid cell, on any number of ranks.
TEST(TwoScaleDiffusion, state_is_that_of_its_equations) {
  auto macro = options;
  macro.storage = 2.0;
  macro.grain_storage = 0.5;
  Medium run(macro);
  const auto before = run.state();
  run.medium.advance(0.01, 0);
  const auto after = run.state();
  constexpr std::size_t width = 1 + GrainCell::n_out;
  const double h = 0.125;
  const auto at = [&](const std::vector<double>& state, std::size_t i, std::size_t j, std::size_t k) {
    return state[(i + 8 * j) * width + k];
  };
  const auto harmonic = [](double a, double b) { return 2.0 * a * b / (a + b); };
  for (std::size_t j = 0; j < 4; ++j)
    for (std::size_t i = 0; i < 8; ++i) {
      const double u = at(after, i, j, 0), K_x = at(after, i, j, 4), K_y = at(after, i, j, 5);
      double rate = 0.0;
      if (i > 0) rate += harmonic(K_x, at(after, i - 1, j, 4)) * (at(after, i - 1, j, 0) - u);
      if (i < 7) rate += harmonic(K_x, at(after, i + 1, j, 4)) * (at(after, i + 1, j, 0) - u);
      if (j > 0) rate += harmonic(K_y, at(after, i, j - 1, 5)) * (at(after, i, j - 1, 0) - u);
      if (j < 3) rate += harmonic(K_y, at(after, i, j + 1, 5)) * (at(after, i, j + 1, 0) - u);
      if (i == 0 && j == 0) rate -= 2.0 * (K_x + K_y) * u;
      const double p = at(after, i, j, 1), storage = 2.0 * p + 0.5 * (1.0 - p);
      EXPECT_NEAR(storage * (u - at(before, i, j, 0)) / 0.01, rate / (h * h), 1e-8);
    }
}

TEST(TwoScaleDiffusion, goes_on_from_a_saved_state_to_the_bit) {
  if (world().size() > 1) GTEST_SKIP() << "the archive in memory is of one rank";
  Medium run, resumed;
  for (int step = 0; step < 2; ++step) run.medium.advance(0.01, step);
  auto archive = MemoryArchive::of(run.medium);
  archive.give_to(resumed.medium);
  run.medium.advance(0.01, 2);
  resumed.medium.advance(0.01, 2);
  EXPECT_EQ(run.state(), resumed.state());
  EXPECT_EQ(run.medium.gained(), resumed.medium.gained());
}

TEST(TwoScaleDiffusion, says_that_the_scales_do_not_come_together) {
  auto macro = options;
  macro.max_iterations = 2;
  macro.tolerance = 1e-12;
  Medium run(macro);
  EXPECT_THROW(run.medium.advance(0.01, 0), core::RuntimeFailure);
}

/// Fails for one cell.
struct Failing : subproblem::SubproblemSolver {
  subproblem::Kind& kind() override { return solver.kind(); }
  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    auto report = solver.solve(batch);
    for (const auto id : batch.id)
      if (id == 5) report.failures.push_back({5, "as it shall", {}});
    return report;
  }
  GrainCellSolver solver{cell_options};
};

TEST(TwoScaleDiffusion, stays_as_it_was_if_a_sub_problem_fails) {
  Medium run;
  Failing failing;
  TwoScaleDiffusion medium(run.grid, options, run.solver, failing);
  const std::vector<double> before(medium.cells().flat().begin(), medium.cells().flat().end());
  const auto report = medium.advance(0.01, 0);
  EXPECT_FALSE(report.completed);
  EXPECT_TRUE(std::ranges::equal(medium.cells().flat(), before));
  const auto view = medium.u();
  for (const double u : view.rows().flat()) EXPECT_EQ(u, 0.5);
}

}  // namespace
}  // namespace bimetal::diffusion
