#include "conduction/secant.hpp"

#include <gtest/gtest.h>

#include <array>

#include "conduction/time_scheme.hpp"

namespace bimetal::conduction {
namespace {

TEST(Secant, agrees_with_the_last_change_and_is_left_alone_across_it) {
  std::array tangent{1.0, 2.0, 3.0};
  const std::array change{0.5, -2.0, 1.0}, scale{100.0, 4.0, 4.0};
  update_secant(tangent, change, scale, 7.0, 1e-6);
  double predicted = 0.0, across = 0.0;
  const std::array other{0.0, 1.0, 2.0};  // in scaled variables at right angles to the change
  for (std::size_t k = 0; k < 3; ++k) {
    predicted += tangent[k] * change[k];
    across += tangent[k] * other[k];
  }
  EXPECT_NEAR(predicted, 7.0, 1e-14);
  EXPECT_NEAR(across, 2.0 + 6.0, 1e-14);
}

TEST(Secant, learns_a_linear_function_from_as_many_changes_as_there_are_variables) {
  const std::array slope{3.0, -1.0, 0.5}, scale{10.0, 1.0, 1.0};
  std::array tangent{0.0, 0.0, 0.0};
  for (std::size_t k = 0; k < 3; ++k) {
    std::array change{0.0, 0.0, 0.0};
    change[k] = 0.1;
    update_secant(tangent, change, scale, 0.1 * slope[k], 1e-6);
  }
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(tangent[k], slope[k], 1e-13);
}

TEST(Secant, learns_nothing_from_noise) {
  std::array tangent{1.0, 2.0};
  update_secant(tangent, std::array{0.0, 0.0}, std::array{1.0, 1.0}, 1.0, 1e-6);
  update_secant(tangent, std::array{1e-8, -1e-8}, std::array{1.0, 1.0}, 1.0, 1e-6);
  EXPECT_EQ(tangent, (std::array{1.0, 2.0}));
}

TEST(BackwardDifference, is_exact_for_parabolas_whatever_the_steps) {
  for (const double last_dt : {0.1, 0.2, 0.7}) {
    constexpr double dt = 0.2;
    const auto u = [](double t) { return 3.0 - 2.0 * t + 5.0 * t * t; };  // at the new time, 0, the slope is -2
    const auto [now, before] = backward_difference(dt, last_dt);
    EXPECT_NEAR((now * u(0.0) + before[0] * u(-dt) + before[1] * u(-dt - last_dt)) / dt, -2.0, 1e-12);
  }
  const auto euler = backward_difference(0.2, 0.0);
  EXPECT_EQ(euler.now, 1.0);
  EXPECT_EQ(euler.before, (std::array{-1.0, 0.0}));
}

}  // namespace
}  // namespace bimetal::conduction
