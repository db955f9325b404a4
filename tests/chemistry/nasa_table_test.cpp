#include "chemistry/nasa_table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "chemistry/nasa_fit.hpp"
#include "reference_states.hpp"

namespace bimetal::chemistry {
namespace {

/// The fits of methane's mechanism, one of them with ranges of its own.
std::vector<ThermoFit> fits() {
  std::vector<ThermoFit> all;
  for (const auto& species : testing::methane().species) all.push_back(species.thermo);
  all[3].T[1] = 1400.0;
  return all;
}

/// The same with one of nine coefficients and three ranges, which are made up.
std::vector<ThermoFit> fits_with_reciprocals() {
  auto all = fits();
  auto& fit = all[5];
  fit.T = {200.0, 1000.0, 2000.0, 6000.0};
  fit.ranges.insert(fit.ranges.begin() + 1, fit.ranges.front());
  fit.ranges[0].reciprocal = {2e4, -380.0};
  fit.ranges[1].reciprocal = {-1e6, 2000.0};
  return all;
}

// Below and above the ranges, at their ends, in the blends, between and beyond the two T_mid.
constexpr double temperatures[] = {150.0,  200.0,  299.0,  700.0,  999.4,  999.6,  1000.0, 1000.4,
                                   1000.6, 1200.0, 1399.8, 1400.3, 1401.0, 2500.0, 3500.0, 5500.0};

void expect_what_the_fits_give(const std::vector<ThermoFit>& all) {
  const NasaTable table(all);
  std::vector<double> cp_R(all.size()), h_RT(all.size()), g_RT(all.size()), cp_alone(all.size());
  for (double T : temperatures) {
    table.evaluate(T, std::log(T), cp_R, h_RT, g_RT);
    table.heat_capacities(T, cp_alone);
    for (std::size_t k = 0; k < all.size(); ++k) {
      const Standard one = evaluate(all[k], T, std::log(T));
      ASSERT_NEAR(cp_R[k], one.cp_R, 1e-13 * std::abs(one.cp_R)) << T << ' ' << k;
      ASSERT_NEAR(cp_alone[k], one.cp_R, 1e-13 * std::abs(one.cp_R)) << T << ' ' << k;
      ASSERT_NEAR(h_RT[k], one.h_RT, 1e-13 * (std::abs(one.h_RT) + 10.0)) << T << ' ' << k;
      ASSERT_NEAR(g_RT[k], one.h_RT - one.s_R, 1e-13 * (std::abs(one.h_RT) + one.s_R)) << T << ' ' << k;
    }
  }
}

TEST(NasaTable, gives_what_the_fits_give) {
  expect_what_the_fits_give(fits());
  expect_what_the_fits_give(fits_with_reciprocals());
}

/// Returns how many of the temperatures are mixed.
int expect_a_mixture_of_the_fits(const std::vector<ThermoFit>& all) {
  const NasaTable table(all);
  std::vector<double> Y(all.size()), inverse_weights(all.size());
  for (std::size_t k = 0; k < all.size(); ++k) {
    Y[k] = 1.0 / (1.0 + static_cast<double>(k));
    inverse_weights[k] = 0.02 + 0.01 * static_cast<double>(k);
  }
  int mixed = 0;
  for (double T : temperatures) {
    const auto fit = table.mix(T, Y, inverse_weights);
    if (!fit) continue;
    ++mixed;
    EXPECT_TRUE(fit->holds_at(T));
    double cp = 0.0;
    double h = 0.0;
    for (std::size_t k = 0; k < all.size(); ++k) {
      const Standard one = evaluate(all[k], T, 0.0);
      cp += Y[k] * inverse_weights[k] * one.cp_R;
      h += Y[k] * inverse_weights[k] * one.h_RT * T;
    }
    EXPECT_NEAR(fit->cp(T) / cp, 1.0, 1e-13) << T;
    EXPECT_NEAR(fit->h(T), h, 1e-13 * (std::abs(h) + 1000.0 * cp)) << T;
  }
  EXPECT_FALSE(table.mix(1400.3, Y, inverse_weights));
  EXPECT_FALSE(table.mix(5500.0, Y, inverse_weights));
  return mixed;
}

TEST(NasaTable, mixes_the_fits_where_they_are_polynomials) {
  // 700, 999.4, 1000.6, 1200, 1401 and 2500 K: not beyond a range, nor in a blend
  EXPECT_EQ(expect_a_mixture_of_the_fits(fits()), 6);
  EXPECT_EQ(expect_a_mixture_of_the_fits(fits_with_reciprocals()), 6);
}

}  // namespace
}  // namespace bimetal::chemistry
