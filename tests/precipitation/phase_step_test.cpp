#include "precipitation/phase_step.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace bimetal::precipitation {
namespace {

/// Radius of a disc after `time`, by its porosity.
double radius_after(double time, int steps, double u, int n, const PhaseOptions& options) {
  const GrainField grain(n, options.width);
  PhaseStep step(n, options);
  PhaseField phi(n);
  grain.draw(0.35, 0.35, phi);
  for (int k = 0; k < steps; ++k) EXPECT_EQ(step.advance(u, time / steps, phi), std::nullopt);
  return std::sqrt((1.0 - grain.measure(phi).porosity) / std::numbers::pi);
}

/// Where the border is thin its normal speed is f - gamma/R.
TEST(PhaseStep, border_moves_as_a_sharp_one) {
  const PhaseOptions options{.width = 0.04, .diffusivity = 0.01};
  for (const double u : {0.2, 0.45, 0.55}) {
    double R = 0.35;
    const double f = PhaseStep(16, options).growth(u);
    constexpr double time = 0.1;
    for (int k = 0; k < 1000; ++k) R += time / 1000 * (f - options.diffusivity / R);
    const double moved = radius_after(time, 50, u, 128, options) - radius_after(0.0, 0, u, 128, options);
    EXPECT_NEAR(moved, R - 0.35, 0.03 * std::abs(R - 0.35)) << u;
  }
}

TEST(PhaseStep, first_order_in_time) {
  const double fine = radius_after(0.2, 320, 0.3, 64, {}), coarse = radius_after(0.2, 20, 0.3, 64, {}),
               half = radius_after(0.2, 40, 0.3, 64, {});
  EXPECT_NEAR(std::log2((coarse - fine) / (half - fine)), 1.0, 0.2);
}

TEST(PhaseStep, second_order_in_space) {
  const double fine = radius_after(0.1, 10, 0.3, 256, {}), coarse = radius_after(0.1, 10, 0.3, 32, {}),
               half = radius_after(0.1, 10, 0.3, 64, {});
  EXPECT_NEAR(std::log2(std::abs((coarse - fine) / (half - fine))), 2.0, 0.3);
}

TEST(PhaseStep, says_what_went_wrong) {
  const GrainField grain(32, 0.08);
  PhaseField phi(32);
  grain.draw(0.35, 0.35, phi);
  EXPECT_EQ(PhaseStep(32, {}).advance(std::nan(""), 0.01, phi), "the phase field is not finite");
  grain.draw(0.35, 0.35, phi);
  // The grain would grow across the cell in a step.
  EXPECT_TRUE(PhaseStep(32, {}).advance(2.0, 0.1, phi).has_value());
}

}  // namespace
}  // namespace bimetal::precipitation
