#include "precipitation/grain_cell_solver.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.hpp"

namespace bimetal::precipitation {
namespace {

constexpr int pixels = 40;
constexpr std::int64_t n_memory = pixels * pixels;
const GrainCellOptions options{.pixels = pixels, .phase = {.width = 0.12}};

/// One row with its memory, step after step.
struct Cell {
  Cell() {
    const auto start = solver.begin(0.4, 0.3, memory);
    std::ranges::copy(start, out.begin());
  }
  subproblem::BatchReport advance(double u, bool remembers = true) {
    std::vector<double> in{out[0], out[1], out[2], u, 0.01}, after(static_cast<std::size_t>(n_memory));
    const std::int64_t id = 7;
    subproblem::Batch batch{.in = {in.data(), 1, GrainCell::n_in},
                            .out = {out.data(), 1, GrainCell::n_out},
                            .id = {&id, 1},
                            .memory_out = {after.data(), 1, n_memory}};
    if (remembers) batch.memory = {memory.data(), 1, n_memory};
    auto report = solver.solve(batch);
    memory = after;
    return report;
  }

  GrainCellSolver solver{options};
  std::vector<double> out = std::vector<double>(GrainCell::n_out);
  std::vector<double> memory = std::vector<double>(static_cast<std::size_t>(n_memory));
};

TEST(GrainCellSolver, grain_dissolves_and_conducts_better_meanwhile) {
  Cell cell;
  for (int step = 0; step < 20; ++step) {
    const auto before = cell.out;
    ASSERT_TRUE(cell.advance(0.2).failures.empty());
    EXPECT_GT(cell.out[GrainCell::new_porosity], before[GrainCell::new_porosity]);
    EXPECT_GT(cell.out[GrainCell::K_xx], before[GrainCell::K_xx]);
    EXPECT_GT(cell.out[GrainCell::K_xx], cell.out[GrainCell::K_yy]);
  }
}

/// What a row holds says nearly all: a grain that is drawn anew from it gives nearly the same answer.
TEST(GrainCellSolver, row_holds_most_of_the_state) {
  Cell cell;
  for (int step = 0; step < 10; ++step) ASSERT_TRUE(cell.advance(0.3).failures.empty());
  Cell forgetful;
  forgetful.out = cell.out;
  cell.advance(0.3);
  forgetful.advance(0.3, false);
  EXPECT_NE(cell.out, forgetful.out);
  for (std::size_t k = 0; k < cell.out.size(); ++k) EXPECT_NEAR(cell.out[k], forgetful.out[k], 5e-3);
}

/// Where a surrogate has answered since, the grain goes on from the row, with the form that it had.
TEST(GrainCellSolver, restores_a_state_that_others_have_changed) {
  Cell true_cell;
  for (int step = 0; step < 5; ++step) true_cell.advance(0.3);
  Cell resumed;
  for (int step = 0; step < 3; ++step) resumed.advance(0.3);
  Cell between;
  between.out = resumed.out;
  between.memory = resumed.memory;
  between.advance(0.3);
  resumed.out = between.out;  // a surrogate's answer, as good as the truth; the memory stays as it was
  ASSERT_TRUE(resumed.advance(0.3).failures.empty());
  for (std::size_t k = 0; k < resumed.out.size(); ++k) EXPECT_NEAR(resumed.out[k], true_cell.out[k], 3e-4);
}

/// A memory in which the grain has dissolved cannot be moved; the row then begins as an ellipse.
TEST(GrainCellSolver, goes_on_from_the_row_where_the_memory_has_no_grain_left) {
  Cell fresh, cell;
  cell.memory.assign(cell.memory.size(), 1.0);
  ASSERT_TRUE(cell.advance(0.3).failures.empty());
  ASSERT_TRUE(fresh.advance(0.3, false).failures.empty());
  EXPECT_EQ(cell.out, fresh.out);
}

TEST(GrainCellSolver, cell_without_a_grain_stays_one) {
  Cell cell;
  for (int step = 0; step < 200; ++step) ASSERT_TRUE(cell.advance(0.0).failures.empty()) << step;
  EXPECT_NEAR(cell.out[GrainCell::new_porosity], 1.0, 1e-6);
  EXPECT_NEAR(cell.out[GrainCell::K_xx], 1.0, 1e-4);
}

TEST(GrainCellSolver, row_that_is_no_grain_fails) {
  Cell cell;
  cell.out[GrainCell::new_elongation] = 2.0;
  const auto memory = cell.memory;
  const auto report = cell.advance(0.3);
  EXPECT_EQ(cell.memory, memory);
  ASSERT_EQ(report.failures.size(), 1u);
  EXPECT_EQ(report.failures[0].id, 7);
  EXPECT_EQ(cell.out[GrainCell::new_elongation], 2.0);
  EXPECT_EQ(cell.out[GrainCell::K_xx], 0.0);
}

TEST(GrainCell, gates_stop_what_no_grain_is_and_no_medium_conducts) {
  GrainCell kind(options);
  const std::vector<double> in{0.6, 0.0, 0.05, 0.3, 0.01};
  const auto gate = [&](std::vector<double> out) { return kind.admit(in, out, 1e-2); };
  EXPECT_EQ(gate({0.62, 0.0, 0.05, 0.4, 0.4}), subproblem::Gate::open);
  EXPECT_EQ(gate({1.1, 0.0, 0.05, 0.4, 0.4}), subproblem::own_gate(0));
  EXPECT_EQ(gate({0.62, 1.2, 0.05, 0.4, 0.4}), subproblem::own_gate(0));
  EXPECT_EQ(gate({0.62, 0.0, 0.3, 0.4, 0.4}), subproblem::own_gate(0));
  EXPECT_EQ(gate({0.62, 0.0, 0.05, 0.7, 0.4}), subproblem::own_gate(1));
  EXPECT_EQ(gate({0.62, 0.0, 0.05, 0.4, -0.1}), subproblem::own_gate(1));
  EXPECT_EQ(gate({0.62, 0.0, 0.05, 0.4, std::nan("")}), subproblem::Gate::not_finite);
  std::vector<double> on_the_bound{1.0 + 1e-5, 0.0, 0.0, 1.0 + 1e-4, 1.0};
  EXPECT_EQ(kind.admit(in, on_the_bound, 1e-2), subproblem::Gate::open);
  EXPECT_EQ(on_the_bound, (std::vector<double>{1.0, 0.0, 0.0, 1.0, 1.0}));
}

TEST(GrainCell, options_that_make_no_sense_are_refused) {
  EXPECT_THROW(GrainCell({.pixels = 8}), core::UserError);
  EXPECT_THROW(GrainCell({.phase = {.rate = 0.0}}), core::UserError);
  EXPECT_THROW(GrainCell({.grain_conductivity = -1.0}), core::UserError);
}

}  // namespace
}  // namespace bimetal::precipitation
