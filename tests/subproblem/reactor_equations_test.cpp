#include "subproblem/reactor_equations.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "jacobian_check.hpp"
#include "reactor_rows.hpp"

namespace bimetal::subproblem {
namespace {

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
        testing::expect_jacobian_matches_differences(equations, y);
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
