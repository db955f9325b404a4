#include "homogenisation/conduction_cell_solver.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "cells.hpp"
#include "core/error.hpp"

namespace bimetal::homogenisation {
namespace {

constexpr std::int64_t n_rows = 24;

ConductionCellSolver some_solver() {
  return ConductionCellSolver(ConductionCell(
      {.pixels = 16, .aspect = testing::aspect, .matrix = testing::matrix, .inclusion = testing::inclusion}));
}

CellState draw_cell(std::int64_t i) {
  const auto one = testing::draw(static_cast<std::uint64_t>(i));
  return {
      .T = one.T, .gradient = {one.gradient[0], one.gradient[1], 0.0}, .fraction = one.fraction, .angle = one.angle};
}

std::vector<double> pose(const CellState& cell) {
  std::vector<double> row(6);
  CellRows(2, 1.0).pose(cell, row);
  return row;
}

core::RowTable some_rows() {
  core::RowTable rows(6);
  for (std::int64_t i = 0; i < n_rows; ++i) rows.append(pose(draw_cell(i)));
  return rows;
}

subproblem::BatchReport solve(ConductionCellSolver& solver, const core::RowTable& rows, core::RowTable& answers,
                              std::span<double> seconds = {}) {
  std::vector<std::int64_t> id(static_cast<std::size_t>(rows.size()));
  std::iota(id.begin(), id.end(), 100);
  answers.resize(rows.size());
  subproblem::Batch batch{.in = rows.rows(), .out = answers.rows(), .id = id, .seconds = seconds};
  return solver.solve(batch);
}

TEST(ConductionCellSolver, answer_depends_on_the_row_alone_to_the_bit) {
  const auto rows = some_rows();
  auto first = some_solver(), second = some_solver();
  core::RowTable forward(2), one(2), single(6);
  std::vector<double> seconds(n_rows), dq_dg(4), dq_dT(2), dq_dg_alone(4), dq_dT_alone(2);
  EXPECT_TRUE(solve(first, rows, forward, seconds).failures.empty());
  for (double each : seconds) EXPECT_GT(each, 0.0);
  for (std::int64_t i = n_rows - 1; i >= 0; --i) {
    single.clear();
    single.append(rows[i]);
    solve(second, single, one);
    EXPECT_EQ(one[0][0], forward[i][0]);
    EXPECT_EQ(one[0][1], forward[i][1]);
    second.tangent(draw_cell(i), dq_dg, dq_dT);
    if (i % 5 == 0) {
      first.tangent(draw_cell(i), dq_dg_alone, dq_dT_alone);
      EXPECT_EQ(dq_dg_alone, dq_dg);
      EXPECT_EQ(dq_dT_alone, dq_dT);
    }
  }
  EXPECT_EQ(second.counts().rows, n_rows);  // cells of tangents are not counted
  EXPECT_EQ(second.counts().tangents, n_rows);
}

TEST(ConductionCellSolver, tangent_is_the_derivative_of_the_flux_that_is_read) {
  ConductionCellSolver solver(
      ConductionCell(
          {.pixels = 16, .aspect = testing::aspect, .matrix = testing::matrix, .inclusion = testing::inclusion}),
      {.rtol = 1e-10});
  core::RowTable rows(6), answers(2);
  std::vector<double> dq_dg(4), dq_dT(2), up(2), down(2);
  const auto flux = [&](const CellState& cell, std::span<double> q) {
    rows.clear();
    rows.append(pose(cell));
    EXPECT_TRUE(solve(solver, rows, answers).failures.empty());
    solver.kind().rows().read(cell, answers[0], q);
  };
  for (std::int64_t i = 0; i < 12; ++i) {
    const auto cell = draw_cell(i);
    solver.tangent(cell, dq_dg, dq_dT);
    const double step = 1e-4 * std::hypot(cell.gradient[0], cell.gradient[1]);
    for (std::size_t k = 0; k < 2; ++k) {
      auto above = cell, below = cell;
      above.gradient[k] += step;
      below.gradient[k] -= step;
      flux(above, up);
      flux(below, down);
      for (std::size_t m = 0; m < 2; ++m)
        EXPECT_NEAR(dq_dg[2 * m + k], (up[m] - down[m]) / (2.0 * step), 3e-4 * std::abs(dq_dg[0] + dq_dg[3])) << i;
    }
  }
}

TEST(ConductionCellSolver, a_row_without_an_answer_is_a_failure_and_zero) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  core::RowTable rows(6), answers(2);
  const std::vector<CellState> cells{{.T = 300.0, .gradient = {100.0, 0.0, 0.0}, .fraction = 0.3, .angle = 0.1},
                                     {.T = nan, .gradient = {100.0, 0.0, 0.0}, .fraction = 0.3, .angle = 0.1},
                                     {.T = -1.0, .gradient = {100.0, 0.0, 0.0}, .fraction = 0.3, .angle = 0.1},
                                     {.T = 300.0, .gradient = {100.0, 0.0, 0.0}, .fraction = 0.6, .angle = 0.1},
                                     {.T = 300.0, .gradient = {100.0, 0.0, 0.0}, .fraction = -0.1, .angle = 0.1},
                                     {.T = 300.0, .gradient = {1e100, 0.0, 0.0}, .fraction = 0.3, .angle = 0.1},
                                     {.T = 300.0, .gradient = {1e300, 0.0, 0.0}, .fraction = 0.3, .angle = 0.1}};
  for (const auto& cell : cells) rows.append(pose(cell));
  auto solver = some_solver();
  const auto report = solve(solver, rows, answers);
  ASSERT_EQ(report.failures.size(), cells.size() - 1);
  EXPECT_EQ(solver.counts().failures, std::ssize(cells) - 1);
  for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i) + 1;
    EXPECT_EQ(report.failures[i].id, 100 + row);
    EXPECT_FALSE(report.failures[i].reason.empty());
    EXPECT_EQ(report.failures[i].in.size(), 6u);
    EXPECT_EQ(answers[row][0], 0.0);
    EXPECT_FALSE(solver.kind().answerable(rows[row]));
  }
  EXPECT_GT(answers[0][0], 0.0);
  std::vector<double> dq_dg(4), dq_dT(2);
  EXPECT_THROW(solver.tangent(cells[1], dq_dg, dq_dT), core::RuntimeFailure);
}

TEST(ConductionCellSolver, has_a_tangent_without_a_gradient) {
  const CellState still{.T = 300.0, .gradient = {}, .fraction = 0.3, .angle = 0.1};
  auto solver = some_solver();
  std::vector<double> dq_dg(4), dq_dT(2);
  solver.tangent(still, dq_dg, dq_dT);
  EXPECT_EQ(dq_dT[0], 0.0);
  // There the flux is linear: the tangent is the conductivity.
  core::RowTable rows(6), answers(2);
  rows.append(pose(still));
  EXPECT_TRUE(solve(solver, rows, answers).failures.empty());
  EXPECT_NEAR(-dq_dg[0] / answers[0][0], 1.0, 1e-3);
}

TEST(ConductionCellSolver, a_cell_without_inclusion_is_its_matrix) {
  core::RowTable rows(6), answers(2);
  rows.append(pose({.T = 350.0, .gradient = {800.0, 600.0, 0.0}, .fraction = 0.0, .angle = 0.1}));
  auto solver = some_solver();
  EXPECT_TRUE(solve(solver, rows, answers).failures.empty());
  EXPECT_NEAR(answers[0][0] / (testing::matrix.flux(350.0, 1000.0) / 1000.0), 1.0, 1e-10);
  EXPECT_NEAR(answers[0][1], 0.0, 1e-12);
}

TEST(ConductionCellSolver, refuses_a_tolerance_that_makes_no_sense) {
  EXPECT_THROW(ConductionCellSolver(ConductionCell({}), {.rtol = 0.0}), core::UserError);
}

}  // namespace
}  // namespace bimetal::homogenisation
