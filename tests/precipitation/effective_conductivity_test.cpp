#include "precipitation/effective_conductivity.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace bimetal::precipitation {
namespace {

constexpr int n = 64;

TEST(EffectiveConductivity, layers_conduct_in_series_and_in_parallel) {
  PhaseField phi(n);
  double series = 0.0, parallel = 0.0;
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < n; ++i) {
      phi.row(j)[i] = 0.5 + 0.4 * std::sin(2.0 * std::numbers::pi * i / n);
      const double k = 2.0 * phi.row(j)[i] + 0.1 * (1.0 - phi.row(j)[i]);
      series += 1.0 / k;
      parallel += k;
    }
    phi.wrap(j);
  }
  const auto K = EffectiveConductivity(n, 2.0, 0.1).find(phi);
  ASSERT_TRUE(K);
  EXPECT_NEAR((*K)[0], n * n / series, 1e-5);
  EXPECT_NEAR((*K)[1], parallel / (n * n), 1e-5);
}

/// W. T. Perrins, D. R. McKenzie, R. C. McPhedran, Proc. R. Soc. A 369 (1979) 207, for insulating discs in a square
/// array: 1 - 2f/(1 + f - 0.305827 f⁴/(1 - 1.402958 f⁸) - 0.013362 f⁸) of the matrix.
TEST(EffectiveConductivity, insulating_discs_in_a_square_array) {
  constexpr int fine = 256;
  const GrainField grain(fine, 0.01);
  PhaseField phi(fine);
  for (const double f : {0.1, 0.3, 0.5}) {
    grain.draw(std::sqrt(f / std::numbers::pi), std::sqrt(f / std::numbers::pi), phi);
    const double f4 = std::pow(f, 4), f8 = f4 * f4;
    const double exact = 1.0 - 2.0 * f / (1.0 + f - 0.305827 * f4 / (1.0 - 1.402958 * f8) - 0.013362 * f8);
    const auto K = EffectiveConductivity(fine, 1.0, 0.0).find(phi);
    ASSERT_TRUE(K);
    EXPECT_NEAR((*K)[0], exact, 4e-3) << f;
    EXPECT_NEAR((*K)[1], (*K)[0], 1e-5) << f;
  }
}

TEST(EffectiveConductivity, ellipse_conducts_better_along_its_long_axis) {
  const GrainField grain(n, 0.08);
  PhaseField phi(n);
  grain.draw(0.4, 0.2, phi);
  const auto K = EffectiveConductivity(n, 1.0, 0.0).find(phi);
  ASSERT_TRUE(K);
  EXPECT_GT((*K)[0], (*K)[1] + 0.1);
}

}  // namespace
}  // namespace bimetal::precipitation
