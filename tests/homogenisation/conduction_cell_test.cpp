#include "homogenisation/conduction_cell.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "cells.hpp"
#include "core/error.hpp"

namespace bimetal::homogenisation {
namespace {

using subproblem::Gate;

ConductionCellOptions some_options() {
  return {.pixels = 16, .aspect = testing::aspect, .matrix = testing::matrix, .inclusion = testing::inclusion};
}

TEST(ConductionCell, signature_says_what_rows_mean) {
  auto options = some_options();
  options.dimensions = 3;
  const ConductionCell cell(options);
  std::string names;
  for (const auto& input : cell.signature().inputs) names += input.name + ' ';
  for (const auto& output : cell.signature().outputs) {
    names += output.name + ' ';
    EXPECT_FALSE(output.continues);
  }
  EXPECT_EQ(names, "T steepness cos_2phi sin_2phi fibre_share fraction angle k_along k_across k_fibre ");
  EXPECT_EQ(cell.signature().kind, "conduction_cell");
}

TEST(ConductionCell, fingerprint_tells_options_apart) {
  const auto print = [](auto change) {
    auto options = some_options();
    change(options);
    return ConductionCell(options).signature().fingerprint;
  };
  const auto plain = print([](auto&) {});
  EXPECT_EQ(plain, print([](auto&) {}));
  EXPECT_NE(plain, print([](auto& options) { options.inclusion.p = 1.7; }));
  EXPECT_NE(plain, print([](auto& options) { options.pixels = 18; }));
  EXPECT_NE(plain, print([](auto& options) { options.gradient_scale = 2.0; }));  // rows depend on it
  // These say what errors mean, and change neither rows nor answers.
  EXPECT_EQ(plain, print([](auto& options) { options.conductivity_scale = {3.0, 2.0, 1.0}; }));
  EXPECT_EQ(plain, print([](auto& options) { options.temperature_scale = 7.0; }));
}

std::vector<double> pose(const ConductionCell& cell, const CellState& state) {
  std::vector<double> row(cell.rows().n_in());
  cell.rows().pose(state, row);
  return row;
}

TEST(ConductionCell, gates_stop_what_no_cell_answers) {
  for (int d : {2, 3}) {
    auto options = some_options();
    options.dimensions = d;
    ConductionCell cell(options);
    const CellState state{.gradient = {800.0, 600.0, 0.0}, .fraction = 0.3, .angle = 0.2};
    const auto in = pose(cell, state);
    const double most = cell.most_dissipation(state) / (1000.0 * 1000.0);  // as a conductivity
    const auto gate = [&](double along, double across) {
      std::vector<double> out{along, across, 1.0};
      return cell.admit(in, std::span(out).first(static_cast<std::size_t>(d)), 1e-3);
    };
    EXPECT_EQ(gate(0.5 * most, 10.0), Gate::open);
    EXPECT_EQ(gate(0.999 * most, -10.0), Gate::open);
    EXPECT_EQ(gate(-1e-3 * most, 10.0), subproblem::own_gate(0));
    EXPECT_EQ(gate(1.01 * most, 0.0), subproblem::own_gate(1));
    EXPECT_EQ(gate(std::numeric_limits<double>::quiet_NaN(), 0.0), Gate::not_finite);
    EXPECT_EQ(cell.gates().size(), 2u);
  }
}

TEST(ConductionCell, bound_holds_and_is_reached_along_layers) {
  for (double p : {1.3, 2.0, 4.0}) {
    auto options = some_options();
    options.dimensions = 3;
    options.inclusion.p = p;
    ConductionCell cell(options);
    CellProblem problem(16, options.matrix, options.inclusion);
    for (std::uint64_t i = 0; i < 60; ++i) {
      const auto one = testing::draw(i);
      const auto in = pose(cell, {one.T, one.gradient, one.fraction, one.angle});
      const auto state = cell.rows().representative(in);
      const auto q = testing::flux_of(problem, Shape::ellipse, options.aspect, state.T, state.gradient,
                                      state.fraction, state.angle, 16);
      std::vector<double> out(3);
      cell.rows().answer(state, q, out);
      EXPECT_EQ(cell.admit(in, out, 1e-3), Gate::open) << p << ' ' << i;
    }
  }
  auto linear = some_options();
  linear.shape = Shape::laminate;
  linear.matrix.p = linear.inclusion.p = 2.0;
  CellProblem problem(16, linear.matrix, linear.inclusion);
  for (double fraction : {0.25, 0.3}) {  // between pixels, and in the midst of one
    const auto q = testing::flux_of(problem, Shape::laminate, 1.0, 300.0, {0.0, 100.0, 0.0}, fraction, 0.0, 16);
    const CellState state{.gradient = {0.0, 100.0, 0.0}, .fraction = fraction};
    EXPECT_NEAR(-100.0 * q[1] / ConductionCell(linear).most_dissipation(state), 1.0, 1e-9);
  }
}

TEST(ConductionCell, no_row_is_at_rest) {
  ConductionCell cell(some_options());
  EXPECT_FALSE(cell.inert(pose(cell, {.fraction = 0.3, .angle = 0.2}), 1e-3));
}

TEST(ConductionCell, refuses_options_that_make_no_sense) {
  const auto refuses = [](auto change) {
    auto options = some_options();
    change(options);
    EXPECT_THROW(ConductionCell{options}, core::UserError);
  };
  refuses([](auto& options) { options.dimensions = 4; });
  refuses([](auto& options) { options.pixels = 7; });
  refuses([](auto& options) { options.aspect = 0.5; });
  refuses([](auto& options) { options.matrix.p = 1.0; });
  refuses([](auto& options) { options.inclusion.k = 0.0; });
  refuses([](auto& options) { options.conductivity_scale[1] = 0.0; });
}

}  // namespace
}  // namespace bimetal::homogenisation
