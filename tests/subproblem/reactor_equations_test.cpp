#include "subproblem/reactor_equations.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "reactor_rows.hpp"

namespace bimetal::subproblem {
namespace {

/// Compares with central differences: to 1e-5 of each entry, but no closer than the round-off of rates that nearly
/// cancel allows, 1e-9 of the largest entry of its row.
void expect_jacobian_matches_differences(ReactorEquations& equations, std::vector<double> y) {
  const std::size_t n = y.size();
  std::vector<double> rates(n), jacobian(n * n), differences(n * n), plus(n), minus(n);
  ASSERT_EQ(equations.linearise(y, rates, jacobian), Evaluation::done);
  for (std::size_t j = 0; j < n; ++j) {
    const double y_j = y[j];
    const double step = j == 0 ? 2e-5 * y_j : 1e-4 * y_j + 1e-7;
    y[j] = y_j + step;
    ASSERT_EQ(equations.rates(y, plus), Evaluation::done);
    y[j] = y_j - step;
    ASSERT_EQ(equations.rates(y, minus), Evaluation::done);
    y[j] = y_j;
    for (std::size_t i = 0; i < n; ++i) differences[j * n + i] = (plus[i] - minus[i]) / (2.0 * step);
  }
  for (std::size_t i = 0; i < n; ++i) {
    double largest = 0.0;
    for (std::size_t j = 0; j < n; ++j) largest = std::max(largest, std::abs(jacobian[j * n + i]));
    for (std::size_t j = 0; j < n; ++j) {
      const double difference = differences[j * n + i];
      EXPECT_NEAR(jacobian[j * n + i], difference, 1e-5 * std::abs(difference) + 1e-9 * largest) << i << ", " << j;
    }
  }
}

TEST(ReactorEquations, have_a_jacobian_that_matches_central_differences) {
  for (const auto& one : testing::cases()) {
    ReactorSolver solver(testing::make_reactor(one));
    const auto rows = testing::ignition_rows(one, solver);
    // Early, in the middle of the rise, and burnt.
    for (std::int64_t row : {std::int64_t{5}, std::int64_t{one.n_rows / 2}, std::int64_t{one.n_rows}}) {
      const auto state = rows[row];
      const std::vector<double> y(state.begin(), state.end());
      for (auto [constraint, held] :
           {std::pair{Constraint::constant_pressure, 101325.0}, std::pair{Constraint::constant_volume, 0.2}}) {
        ReactorEquations equations(*one.mechanism, constraint, held);
        expect_jacobian_matches_differences(equations, y);
      }
    }
  }
}

TEST(ReactorEquations, refuse_states_out_of_range) {
  ReactorEquations equations(*testing::hydrogen(), Constraint::constant_pressure, 101325.0);
  std::vector<double> y(equations.size(), 0.1), f(y.size());
  for (double T : {-10.0, 0.0, 1e5, std::nan("")}) {
    y[0] = T;
    EXPECT_EQ(equations.rates(y, f), Evaluation::out_of_range) << T;
  }
}

}  // namespace
}  // namespace bimetal::subproblem
