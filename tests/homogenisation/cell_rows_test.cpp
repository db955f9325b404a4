#include "homogenisation/cell_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include "cells.hpp"
#include "homogenisation/conduction_cell_solver.hpp"

namespace bimetal::homogenisation {
namespace {

constexpr double pi = std::numbers::pi, scale = 1000.0;

ConductionCellSolver solver_of(int dimensions, int pixels) {
  return ConductionCellSolver(ConductionCell({.dimensions = dimensions,
                                              .pixels = pixels,
                                              .aspect = testing::aspect,
                                              .matrix = testing::matrix,
                                              .inclusion = testing::inclusion,
                                              .gradient_scale = scale}),
                              {.rtol = 1e-9});
}

std::vector<double> pose(const CellRows& rows, const CellState& cell) {
  std::vector<double> row(rows.n_in());
  rows.pose(cell, row);
  return row;
}

std::vector<double> answer_to(ConductionCellSolver& solver, const CellState& cell) {
  const auto row = pose(solver.kind().rows(), cell);
  std::vector<double> answer(solver.kind().signature().outputs.size());
  const std::int64_t id = 0;
  subproblem::Batch batch{
      .in = {row.data(), 1, std::ssize(row)}, .out = {answer.data(), 1, std::ssize(answer)}, .id = {&id, 1}};
  EXPECT_TRUE(solver.solve(batch).failures.empty());
  return answer;
}

std::vector<double> read(const CellRows& rows, const CellState& cell, std::span<const double> answer) {
  std::vector<double> flux(answer.size());
  rows.read(cell, answer, flux);
  return flux;
}

/// Through the row and the answer.
std::vector<double> flux_of(ConductionCellSolver& solver, const CellState& cell) {
  return read(solver.kind().rows(), cell, answer_to(solver, cell));
}

CellState draw_cell(std::uint64_t i, int dimensions) {
  auto one = testing::draw(i);
  if (dimensions == 2) one.gradient[2] = 0.0;
  return {.T = one.T, .gradient = one.gradient, .fraction = one.fraction, .angle = 2.0 * (one.angle - 1.0)};
}

TEST(CellRows, flux_through_a_row_is_that_of_the_cell) {
  double worst = 0.0;
  for (int d : {2, 3})
    for (int n : {16, 15}) {
      auto solver = solver_of(d, n);
      CellProblem direct(n, testing::matrix, testing::inclusion, {.rtol = 1e-9});
      for (std::uint64_t i = 0; i < 40; ++i) {
        const auto cell = draw_cell(i, d);
        const auto exact = testing::flux_of(direct, Shape::ellipse, testing::aspect, cell.T, cell.gradient,
                                            cell.fraction, cell.angle, n);
        const auto flux = flux_of(solver, cell);
        worst = std::max(worst, testing::relative_error({flux[0], flux[1], d == 3 ? flux[2] : 0.0}, exact));
      }
    }
  std::printf("flux through a row: largest error %.1e\n", worst);
  EXPECT_LT(worst, 1e-8);
}

TEST(CellRows, mirror_images_and_quarter_turns_have_the_same_row) {
  const CellRows rows(3, scale);
  const auto first = pose(rows, {.gradient = {3.0, 1.0, 2.0}, .fraction = 0.2, .angle = 0.3});
  struct Case {
    double gx, gy, gz, angle;
  };
  for (const auto& [gx, gy, gz, angle] :
       {Case{-3.0, -1.0, 2.0, 0.3}, Case{3.0, -1.0, -2.0, -0.3}, Case{-3.0, 1.0, 2.0, pi - 0.3},
        Case{1.0, 3.0, 2.0, 0.5 * pi - 0.3}, Case{-1.0, 3.0, 2.0, 0.5 * pi + 0.3},
        Case{3.0, 1.0, -2.0, 0.3 + 5.0 * pi}}) {
    const auto other = pose(rows, {.gradient = {gx, gy, gz}, .fraction = 0.2, .angle = angle});
    for (std::size_t k = 0; k < other.size(); ++k)
      EXPECT_NEAR(other[k], first[k], 1e-12) << gx << ' ' << gy << ' ' << angle;
  }
}

TEST(CellRows, row_describes_its_representative) {
  for (int d : {2, 3}) {
    const CellRows rows(d, scale);
    for (std::uint64_t i = 0; i < 200; ++i) {
      const auto row = pose(rows, draw_cell(i, d));
      EXPECT_GE(row.back(), 0.0);
      EXPECT_LE(row.back(), 0.25 * pi);
      const auto cell = rows.representative(row);
      const auto again = pose(rows, cell);
      for (std::size_t k = 0; k < row.size(); ++k) EXPECT_NEAR(again[k], row[k], 1e-11 * (1.0 + std::abs(row[k])));
    }
  }
}

TEST(CellRows, answer_is_that_of_the_flux) {
  for (int d : {2, 3}) {
    const CellRows rows(d, scale);
    for (std::uint64_t i = 0; i < 50; ++i) {
      const auto cell = rows.representative(pose(rows, draw_cell(i, d)));
      const std::vector<double> answer{1.0 + 0.1 * static_cast<double>(i), -0.3, 2.0};
      const auto used = std::span(answer).first(static_cast<std::size_t>(d));
      std::vector<double> again(used.size());
      rows.answer(cell, read(rows, cell, used), again);
      for (std::size_t k = 0; k < again.size(); ++k) EXPECT_NEAR(again[k], answer[k], 1e-12 * (1.0 + answer[0]));
    }
  }
}

TEST(CellRows, flux_is_odd_in_the_gradient_whoever_answers) {
  for (int d : {2, 3}) {
    const CellRows rows(d, scale);
    for (std::uint64_t i = 0; i < 100; ++i) {
      const auto cell = draw_cell(i, d);
      auto other = cell;
      for (double& g : other.gradient) g = -g;
      EXPECT_EQ(pose(rows, other), pose(rows, cell));
      const std::vector<double> answer{2.0, 0.7, 3.0};
      const auto used = std::span(answer).first(static_cast<std::size_t>(d));
      const auto flux = read(rows, cell, used), back = read(rows, other, used);
      for (std::size_t k = 0; k < flux.size(); ++k) EXPECT_EQ(back[k], -flux[k]);
    }
  }
}

/// The conductivity at a gradient far below the phases' own is that of the linear limit.
TEST(CellRows, answer_has_a_limit_without_a_gradient) {
  for (int d : {2, 3}) {
    auto solver = solver_of(d, 16);
    const auto at = [&](double g) {
      return CellState{
          .T = 320.0, .gradient = {0.8 * g, 0.6 * g, d == 3 ? 0.5 * g : 0.0}, .fraction = 0.3, .angle = 0.4};
    };
    auto matrix = testing::matrix, inclusion = testing::inclusion;
    matrix.p = inclusion.p = 2.0;
    CellProblem linear(16, matrix, inclusion, {.rtol = 1e-9});
    const auto exact =
        testing::flux_of(linear, Shape::ellipse, testing::aspect, 320.0, at(1.0).gradient, 0.3, 0.4, 16);
    for (double g : {1e-9, 1e-3, 1.0}) {
      const auto flux = flux_of(solver, at(g));
      for (std::size_t k = 0; k < flux.size(); ++k) EXPECT_NEAR(flux[k] / g / exact[k], 1.0, 3e-5) << g;
    }
    const auto none = answer_to(solver, at(0.0));
    EXPECT_TRUE(std::ranges::all_of(none, [](double k) { return std::isfinite(k); }));
    EXPECT_GT(none[0], 0.0);
    for (double q : read(solver.kind().rows(), at(0.0), none)) EXPECT_EQ(q, 0.0);
  }
}

/// A component that vanishes leaves the others and the conductivities alone.
TEST(CellRows, answers_go_on_to_gradients_along_or_across_the_fibres) {
  auto solver = solver_of(3, 16);
  const auto at = [&](double in_plane, double z) {
    return answer_to(solver, {.gradient = {0.8 * in_plane, 0.6 * in_plane, z}, .fraction = 0.3, .angle = 0.4});
  };
  const auto across = at(500.0, 0.0), nearly_across = at(500.0, 0.05), along = at(0.0, 500.0);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(across[k], nearly_across[k], 1e-6 * across[0]);
  EXPECT_NEAR(along[2] / at(0.05, 500.0)[2], 1.0, 1e-6);
}

TEST(CellRows, rows_and_fluxes_have_no_jump_where_a_gradient_turns_around) {
  auto solver = solver_of(2, 16);
  const auto& rows = solver.kind().rows();
  for (double direction : {0.0, 0.5 * pi, pi, 1.5 * pi})
    for (double angle : {0.0, 0.25 * pi, 0.3, 0.5 * pi}) {
      const auto at = [&](double shift) {
        return CellState{.gradient = {800.0 * std::cos(direction + shift), 800.0 * std::sin(direction + shift), 0.0},
                         .fraction = 0.25,
                         .angle = angle};
      };
      const auto left = pose(rows, at(-1e-7)), right = pose(rows, at(1e-7));
      for (std::size_t k = 0; k < left.size(); ++k) EXPECT_NEAR(left[k], right[k], 1e-6);
      const auto before = flux_of(solver, at(-1e-7)), after = flux_of(solver, at(1e-7));
      for (std::size_t k = 0; k < 2; ++k)
        EXPECT_NEAR(before[k], after[k], 1e-5 * std::hypot(before[0], before[1])) << direction << ' ' << angle;
    }
}

/// Where the representative changes, an ellipse's flux does not.
TEST(CellRows, fluxes_have_no_jump_where_the_symmetry_changes) {
  auto solver = solver_of(2, 16);
  for (double angle : {0.0, 0.25 * pi, 0.5 * pi, 0.75 * pi, pi}) {
    const auto at = [&](double shift) {
      return CellState{.gradient = {500.0, 300.0, 0.0}, .fraction = 0.25, .angle = angle + shift};
    };
    const auto before = flux_of(solver, at(-1e-7)), after = flux_of(solver, at(1e-7));
    for (std::size_t k = 0; k < 2; ++k) EXPECT_NEAR(before[k], after[k], 1e-5 * std::hypot(before[0], before[1]));
  }
}

}  // namespace
}  // namespace bimetal::homogenisation
