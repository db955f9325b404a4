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
  EXPECT_EQ(names, "T g_x g_y g_z fraction angle q_x q_y q_z ");
  EXPECT_EQ(cell.signature().kind, "conduction_cell");
}

TEST(ConductionCell, fingerprint_tells_options_apart) {
  const ConductionCell cell(some_options());
  auto other = some_options();
  other.inclusion.p = 1.7;
  EXPECT_NE(cell.signature().fingerprint, ConductionCell(other).signature().fingerprint);
  EXPECT_EQ(cell.signature().fingerprint, ConductionCell(some_options()).signature().fingerprint);
}

TEST(ConductionCell, gates_stop_what_no_cell_answers) {
  ConductionCell cell(some_options());
  const std::vector<double> in{300.0, 1000.0, 0.0, 0.3, 0.2};
  const double most = cell.most_dissipation(in) / 1000.0;
  const auto gate = [&](double qx, double qy) {
    std::vector<double> out{qx, qy};
    return cell.admit(in, out, 1e-3);
  };
  EXPECT_EQ(gate(-0.5 * most, 10.0), Gate::open);
  EXPECT_EQ(gate(1.0, 10.0), subproblem::own_gate(0));
  EXPECT_EQ(gate(-1.01 * most, 0.0), subproblem::own_gate(1));
  EXPECT_EQ(gate(std::numeric_limits<double>::quiet_NaN(), 0.0), Gate::not_finite);
  EXPECT_EQ(cell.gates().size(), 2u);
}

TEST(ConductionCell, bound_holds_and_is_reached_along_layers) {
  for (double p : {1.3, 2.0, 4.0}) {
    auto options = some_options();
    options.inclusion.p = p;
    ConductionCell cell(options);
    CellProblem problem(16, options.matrix, options.inclusion);
    for (std::uint64_t i = 0; i < 60; i += 2) {
      const auto one = testing::draw(i);
      const auto q =
          testing::flux_of(problem, Shape::ellipse, options.aspect, one.T, one.gradient, one.fraction, one.angle, 16);
      const std::vector<double> in{one.T, one.gradient[0], one.gradient[1], one.fraction, one.angle};
      std::vector<double> out{q[0], q[1]};
      EXPECT_EQ(cell.admit(in, out, 1e-3), Gate::open) << p << ' ' << i;
    }
  }
  auto linear = some_options();
  linear.shape = Shape::laminate;
  linear.matrix.p = linear.inclusion.p = 2.0;
  CellProblem problem(16, linear.matrix, linear.inclusion);
  const auto q = testing::flux_of(problem, Shape::laminate, 1.0, 300.0, {0.0, 100.0, 0.0}, 0.25, 0.0, 16);
  EXPECT_NEAR(-100.0 * q[1] / ConductionCell(linear).most_dissipation(std::vector{300.0, 0.0, 100.0, 0.25, 0.0}), 1.0,
              1e-9);
}

TEST(ConductionCell, is_at_rest_without_a_gradient_only) {
  ConductionCell cell(some_options());
  EXPECT_TRUE(cell.inert(std::vector{300.0, 0.0, 0.0, 0.3, 0.2}, 1e-3));
  EXPECT_FALSE(cell.inert(std::vector{300.0, 0.0, 1e-9, 0.3, 0.2}, 1e-3));
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
  refuses([](auto& options) { options.flux_scale = 0.0; });
}

}  // namespace
}  // namespace bimetal::homogenisation
