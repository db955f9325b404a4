#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "subproblem/reactor_equations.hpp"

namespace bimetal::subproblem::testing {

/// Compares with central differences: to 1e-5 of each entry, but no closer than the round-off of rates that nearly
/// cancel allows, 1e-9 of the largest entry of its row.
inline void expect_jacobian_matches_differences(ReactorEquations& equations, std::vector<double> y) {
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

}  // namespace bimetal::subproblem::testing
