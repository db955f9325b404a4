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

core::RowTable some_rows() {
  core::RowTable rows(5);
  for (std::int64_t i = 0; i < n_rows; ++i) {
    const auto one = testing::draw(static_cast<std::uint64_t>(i));
    rows.append(std::vector{one.T, one.gradient[0], one.gradient[1], one.fraction, one.angle});
  }
  return rows;
}

subproblem::BatchReport solve(ConductionCellSolver& solver, const core::RowTable& rows, core::RowTable& fluxes,
                              std::span<double> seconds = {}) {
  std::vector<std::int64_t> id(static_cast<std::size_t>(rows.size()));
  std::iota(id.begin(), id.end(), 100);
  fluxes.resize(rows.size());
  subproblem::Batch batch{.in = rows.rows(), .out = fluxes.rows(), .id = id, .seconds = seconds};
  return solver.solve(batch);
}

TEST(ConductionCellSolver, answer_depends_on_the_row_alone_to_the_bit) {
  const auto rows = some_rows();
  auto first = some_solver(), second = some_solver();
  core::RowTable forward(2), one(2), single(5);
  std::vector<double> seconds(n_rows), dq_dg(4), dq_dT(2), dq_dg_alone(4), dq_dT_alone(2);
  EXPECT_TRUE(solve(first, rows, forward, seconds).failures.empty());
  for (double each : seconds) EXPECT_GT(each, 0.0);
  for (std::int64_t i = n_rows - 1; i >= 0; --i) {
    single.clear();
    single.append(rows[i]);
    solve(second, single, one);
    EXPECT_EQ(one[0][0], forward[i][0]);
    EXPECT_EQ(one[0][1], forward[i][1]);
    second.tangent(rows[i], dq_dg, dq_dT);
    if (i % 5 == 0) {
      first.tangent(rows[i], dq_dg_alone, dq_dT_alone);
      EXPECT_EQ(dq_dg_alone, dq_dg);
      EXPECT_EQ(dq_dT_alone, dq_dT);
    }
  }
  EXPECT_EQ(second.counts().rows, n_rows);  // no row was solved anew for its tangent
  EXPECT_EQ(second.counts().tangents, n_rows);
}

TEST(ConductionCellSolver, a_row_without_an_answer_is_a_failure_and_zero) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  core::RowTable rows(5), fluxes(2);
  rows.append(std::vector{300.0, 100.0, 0.0, 0.3, 0.1});
  rows.append(std::vector{nan, 100.0, 0.0, 0.3, 0.1});
  rows.append(std::vector{-1.0, 100.0, 0.0, 0.3, 0.1});
  rows.append(std::vector{300.0, 100.0, 0.0, 0.6, 0.1});
  rows.append(std::vector{300.0, 100.0, 0.0, -0.1, 0.1});
  rows.append(std::vector{300.0, 1e300, 0.0, 0.3, 0.1});
  auto solver = some_solver();
  const auto report = solve(solver, rows, fluxes);
  ASSERT_EQ(report.failures.size(), 5u);
  EXPECT_EQ(solver.counts().failures, 5);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(report.failures[i].id, 101 + static_cast<std::int64_t>(i));
    EXPECT_FALSE(report.failures[i].reason.empty());
    EXPECT_EQ(report.failures[i].in.size(), 5u);
    EXPECT_EQ(fluxes[1 + static_cast<std::int64_t>(i)][0], 0.0);
    EXPECT_FALSE(solver.kind().answerable(rows[1 + static_cast<std::int64_t>(i)]));
  }
  EXPECT_LT(fluxes[0][0], 0.0);
  std::vector<double> dq_dg(4), dq_dT(2);
  EXPECT_THROW(solver.tangent(rows[1], dq_dg, dq_dT), core::RuntimeFailure);
}

TEST(ConductionCellSolver, nothing_flows_without_a_gradient) {
  core::RowTable rows(5), fluxes(2);
  rows.append(std::vector{300.0, 0.0, 0.0, 0.3, 0.1});
  auto solver = some_solver();
  EXPECT_TRUE(solve(solver, rows, fluxes).failures.empty());
  EXPECT_EQ(fluxes[0][0], 0.0);
  EXPECT_EQ(fluxes[0][1], 0.0);
  std::vector<double> dq_dg(4), dq_dT(2);
  solver.tangent(rows[0], dq_dg, dq_dT);
  EXPECT_LT(dq_dg[0], 0.0);
  EXPECT_EQ(dq_dT[0], 0.0);
}

TEST(ConductionCellSolver, a_cell_without_inclusion_is_its_matrix) {
  core::RowTable rows(5), fluxes(2);
  rows.append(std::vector{350.0, 800.0, 600.0, 0.0, 0.1});
  auto solver = some_solver();
  EXPECT_TRUE(solve(solver, rows, fluxes).failures.empty());
  EXPECT_NEAR(fluxes[0][0] / (-0.8 * testing::matrix.flux(350.0, 1000.0)), 1.0, 1e-12);
  EXPECT_NEAR(fluxes[0][1] / (-0.6 * testing::matrix.flux(350.0, 1000.0)), 1.0, 1e-12);
}

TEST(ConductionCellSolver, refuses_a_tolerance_that_makes_no_sense) {
  EXPECT_THROW(ConductionCellSolver(ConductionCell({}), {.rtol = 0.0}), core::UserError);
}

}  // namespace
}  // namespace bimetal::homogenisation
