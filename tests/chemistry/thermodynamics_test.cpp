#include "chemistry/thermodynamics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "chemistry/mixture.hpp"
#include "chemistry/nasa_fit.hpp"
#include "reference_states.hpp"

namespace bimetal::chemistry {
namespace {

using testing::hydrogen;
using testing::methane;
using testing::random_composition;

TEST(Thermodynamics, reproduces_reference_density_heat_capacity_and_enthalpy) {
  for (const auto& state : {testing::hydrogen_state(), testing::methane_state()}) {
    const Thermodynamics thermodynamics(state.mechanism);
    const auto Y = state.Y();
    EXPECT_NEAR(thermodynamics.density(state.T, state.p, Y) / state.density, 1.0, 1e-6);
    EXPECT_NEAR(thermodynamics.cp(state.T, Y) / state.cp, 1.0, 1e-6);
    EXPECT_NEAR(thermodynamics.enthalpy(state.T, Y) / state.enthalpy, 1.0, 1e-6);
  }
}

// Standard entropies at 298.15 K, NIST-JANAF tables (4th ed., 1998): 191.609, 205.147, 188.834 J/mol/K. The fits take
// them as those at 1 atm, not 1 bar.
TEST(Thermodynamics, has_tabulated_standard_entropies) {
  const Thermodynamics thermodynamics(methane());
  const auto entropy_of = [&](const char* name) {
    std::vector<double> Y(methane().n_species(), 0.0);
    const auto k = methane().require_species(name);
    Y[k] = 1.0;
    return thermodynamics.entropy(298.15, standard_pressure, Y) * methane().species[k].molecular_weight;
  };
  EXPECT_NEAR(entropy_of("N2"), 191609.0, 100.0);
  EXPECT_NEAR(entropy_of("O2"), 205147.0, 100.0);
  EXPECT_NEAR(entropy_of("H2O"), 188834.0, 100.0);
}

TEST(Thermodynamics, adds_the_entropy_of_mixing) {
  const Thermodynamics thermodynamics(hydrogen());
  const auto n2 = hydrogen().require_species("N2");
  const auto h2 = hydrogen().require_species("H2");
  std::vector<double> X(hydrogen().n_species(), 0.0), Y(X.size()), only_n2(X.size()), only_h2(X.size());
  X[n2] = X[h2] = 0.5;
  thermodynamics.mass_from_mole_fractions(X, Y);
  only_n2[n2] = only_h2[h2] = 1.0;
  const double unmixed =
      Y[n2] * thermodynamics.entropy(900.0, 2e5, only_n2) + Y[h2] * thermodynamics.entropy(900.0, 2e5, only_h2);
  EXPECT_NEAR(thermodynamics.entropy(900.0, 2e5, Y) - unmixed, thermodynamics.gas_constant_of(Y) * std::log(2.0),
              1e-8);
}

TEST(Thermodynamics, heat_capacity_is_the_slope_of_enthalpy_and_its_slope_that_of_itself) {
  for (const auto* mechanism : {&hydrogen(), &methane()}) {
    const Thermodynamics thermodynamics(*mechanism);
    std::mt19937_64 engine(7);
    const auto Y = random_composition(engine, mechanism->n_species(), 6.0);
    // 1000.2 K lies where the ranges of the fits are blended.
    for (double T : {310.0, 650.0, 1000.2, 1400.0, 2500.0, 3400.0}) {
      const double step = 1e-3;
      const double slope =
          (thermodynamics.enthalpy(T + step, Y) - thermodynamics.enthalpy(T - step, Y)) / (2.0 * step);
      EXPECT_NEAR(thermodynamics.cp(T, Y) / slope, 1.0, 1e-6) << T;
      if (T == 1000.2) continue;  // cp_slope() leaves the blending out
      const double cp_slope = (thermodynamics.cp(T + 0.01, Y) - thermodynamics.cp(T - 0.01, Y)) / 0.02;
      EXPECT_NEAR(thermodynamics.cp_slope(T, Y), cp_slope, 1e-5 * std::abs(cp_slope) + 1e-7) << T;
    }
  }
}

TEST(Thermodynamics, finds_the_temperature_of_an_enthalpy_to_round_off) {
  constexpr double ulp = std::numeric_limits<double>::epsilon();
  for (const auto* mechanism : {&hydrogen(), &methane()}) {
    const Thermodynamics thermodynamics(*mechanism);
    std::vector<double> species(mechanism->n_species());
    std::mt19937_64 engine(11);
    std::uniform_real_distribution<double> temperatures(250.0, 3500.0);
    for (int i = 0; i < 5000; ++i) {
      const auto Y = random_composition(engine, mechanism->n_species(), 6.0);
      // Every tenth about the seam of the two ranges of the fits.
      const double T = i % 10 == 0 ? 999.0 + 2e-4 * temperatures(engine) : temperatures(engine);
      const double h = thermodynamics.enthalpy(T, Y);
      const double found = thermodynamics.temperature_from_enthalpy(h, Y, temperatures(engine));
      thermodynamics.species_enthalpy(T, species);
      double magnitude = thermodynamics.cp(T, Y) * T;
      for (std::size_t k = 0; k < Y.size(); ++k) magnitude += Y[k] * std::abs(species[k]);
      ASSERT_NEAR(thermodynamics.enthalpy(found, Y), h, 8.0 * ulp * magnitude) << "at " << T;
      ASSERT_NEAR(found, T, 1e-10 * T);
    }
  }
}

TEST(Thermodynamics, finds_the_temperature_of_an_internal_energy) {
  const Thermodynamics thermodynamics(methane());
  std::mt19937_64 engine(13);
  std::uniform_real_distribution<double> temperatures(250.0, 3500.0);
  for (int i = 0; i < 1000; ++i) {
    const auto Y = random_composition(engine, methane().n_species(), 6.0);
    const double T = temperatures(engine);
    const double u = thermodynamics.internal_energy(T, Y);
    ASSERT_NEAR(thermodynamics.temperature_from_internal_energy(u, Y, 1000.0), T, 1e-9 * T);
  }
}

TEST(Thermodynamics, answers_an_enthalpy_out_of_reach_with_the_end_of_the_range) {
  const Thermodynamics thermodynamics(hydrogen());
  const auto Y = air(hydrogen());
  EXPECT_NEAR(thermodynamics.temperature_from_enthalpy(1e12, Y, 300.0), 10000.0, 1e-6);
  EXPECT_NEAR(thermodynamics.temperature_from_enthalpy(-1e12, Y, 300.0), 50.0, 1e-6);
}

TEST(Thermodynamics, converts_mass_fractions_to_mole_fractions_and_back) {
  const Thermodynamics thermodynamics(methane());
  std::mt19937_64 engine(17);
  const auto Y = random_composition(engine, methane().n_species(), 6.0);
  std::vector<double> X(Y.size()), back(Y.size());
  thermodynamics.mole_from_mass_fractions(Y, X);
  thermodynamics.mass_from_mole_fractions(X, back);
  for (std::size_t k = 0; k < Y.size(); ++k) EXPECT_NEAR(back[k] / Y[k], 1.0, 1e-14);
  double mean = 0.0;
  for (std::size_t k = 0; k < Y.size(); ++k) mean += X[k] * methane().species[k].molecular_weight;
  EXPECT_NEAR(thermodynamics.mean_molecular_weight(Y), mean, 1e-12 * mean);
}

TEST(NasaFit, is_continuous_at_the_seam_and_beyond_its_range) {
  for (const auto& species : methane().species) {
    const auto& fit = species.thermo;
    const double T_mid = fit.T[1];
    for (double seam : {fit.T_min(), T_mid - blend_half_width, T_mid, T_mid + blend_half_width, fit.T_max()}) {
      const double below = seam * (1.0 - 1e-12);
      const double above = seam * (1.0 + 1e-12);
      const Standard a = evaluate(fit, below, std::log(below));
      const Standard b = evaluate(fit, above, std::log(above));
      EXPECT_NEAR(a.h_RT, b.h_RT, 1e-9) << species.name << " at " << seam;
      EXPECT_NEAR(a.s_R, b.s_R, 1e-9) << species.name << " at " << seam;
    }
  }
}

}  // namespace
}  // namespace bimetal::chemistry
