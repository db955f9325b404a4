#include "chemistry/collision_integrals.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bimetal::chemistry {
namespace {

// Neufeld, Janzen & Aziz, J. Chem. Phys. 57 (1972) 1100, without the sine term.
double neufeld_22(double T) {
  return 1.16145 * std::pow(T, -0.14874) + 0.52487 * std::exp(-0.7732 * T) + 2.16178 * std::exp(-2.43787 * T);
}
double neufeld_11(double T) {
  return 1.06036 * std::pow(T, -0.1561) + 0.193 * std::exp(-0.47635 * T) + 1.03587 * std::exp(-1.52996 * T) +
         1.76474 * std::exp(-3.89411 * T);
}

// Bird, Stewart & Lightfoot, Transport Phenomena (2nd ed., 2002), table E.2.
TEST(CollisionIntegrals, have_textbook_values_for_lennard_jones) {
  struct Row {
    double T_star, omega_22, omega_11;
  };
  for (const Row& row : {Row{0.3, 2.840, 2.649}, Row{0.5, 2.284, 2.066}, Row{1.0, 1.593, 1.440},
                         Row{2.0, 1.176, 1.075}, Row{10.0, 0.8244, 0.7424}, Row{100.0, 0.5887, 0.5180}}) {
    EXPECT_NEAR(collision_integral_22(row.T_star, 0.0), row.omega_22, 1e-3);
    EXPECT_NEAR(collision_integral_11(row.T_star, 0.0), row.omega_11, 1e-3);
  }
}

TEST(CollisionIntegrals, agree_with_independent_fits_without_dipoles) {
  for (double T = 0.3; T <= 100.0; T *= 1.013) {
    EXPECT_NEAR(collision_integral_22(T, 0.0) / neufeld_22(T), 1.0, 0.006) << T;
    EXPECT_NEAR(collision_integral_11(T, 0.0) / neufeld_11(T), 1.0, 0.003) << T;
  }
}

// The polar term is that of Brokaw, Ind. Eng. Chem. Process Des. Dev. 8 (1969) 240: good to some percent.
TEST(CollisionIntegrals, agree_roughly_with_independent_fits_for_dipoles) {
  for (double delta : {0.25, 0.4, 0.5, 0.75, 0.9, 1.0, 1.25, 1.5})
    for (double T = 0.3; T <= 100.0; T *= 1.013) {
      const double polar = delta * delta / T;
      EXPECT_NEAR(collision_integral_22(T, delta) / (neufeld_22(T) + 0.20 * polar), 1.0, 0.05) << T << " " << delta;
      EXPECT_NEAR(collision_integral_11(T, delta) / (neufeld_11(T) + 0.19 * polar), 1.0, 0.035) << T << " " << delta;
    }
}

TEST(CollisionIntegrals, are_smooth_between_the_rows_of_the_table) {
  const double step = 0.02;  // of ln T*
  for (double delta : {0.0, 0.1, 0.6, 1.2, 1.7, 2.4})
    for (double log_T = std::log(0.2); log_T < std::log(150.0); log_T += step) {
      const auto value = [&](int i) { return std::log(collision_integral_22(std::exp(log_T + i * step), delta)); };
      EXPECT_NEAR(value(-1) - 2.0 * value(0) + value(1), 0.0, 1.5e-3) << std::exp(log_T) << " " << delta;
    }
}

// Hirschfelder, Curtiss & Bird (1954), table I-M, which reaches further.
TEST(CollisionIntegrals, go_on_as_powers_beyond_the_table) {
  EXPECT_NEAR(collision_integral_22(200.0, 0.0), 0.5320, 1e-3);
  EXPECT_NEAR(collision_integral_22(400.0, 0.0), 0.4811, 1e-3);
  for (double end : {0.2, 100.0})
    for (double delta : {0.0, 0.7})
      EXPECT_NEAR(collision_integral_11(end * (1 - 1e-9), delta), collision_integral_11(end * (1 + 1e-9), delta),
                  1e-7);
  EXPECT_EQ(collision_integral_22(1.0, 3.0), collision_integral_22(1.0, 2.5));
}

}  // namespace
}  // namespace bimetal::chemistry
