#include "chemistry/mixture_averaged_transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include "chemistry/mixture.hpp"
#include "chemistry/species_transport.hpp"
#include "core/error.hpp"
#include "reference_states.hpp"

namespace bimetal::chemistry {
namespace {

using testing::hydrogen;
using testing::methane;
using testing::random_composition;

std::vector<double> heat_capacities(const Mechanism& mechanism, double T) {
  std::vector<double> cp(mechanism.n_species());
  Thermodynamics(mechanism).species_cp(T, cp);
  return cp;
}

std::vector<double> pure(const Mechanism& mechanism, std::size_t k) {
  std::vector<double> Y(mechanism.n_species(), 0.0);
  Y[k] = 1.0;
  return Y;
}

/// The rules of mixtures as the papers print them, on the properties as they are: slow, without fits.
struct Direct {
  double viscosity = 0.0;
  double conductivity = 0.0;
  std::vector<double> D;

  Direct(const Mechanism& mechanism, double T, double p, const std::vector<double>& Y) : D(Y.size()) {
    const auto& species = mechanism.species;
    const auto cp = heat_capacities(mechanism, T);
    std::vector<double> X(Y.size()), mu(Y.size());
    Thermodynamics(mechanism).mole_from_mass_fractions(Y, X);
    for (std::size_t k = 0; k < Y.size(); ++k) mu[k] = species_viscosity(species[k], T);
    double arithmetic = 0.0, harmonic = 0.0;
    for (std::size_t k = 0; k < Y.size(); ++k) {
      double interaction = 0.0, resistance = 0.0;
      for (std::size_t j = 0; j < Y.size(); ++j) {
        const double ratio = species[k].molecular_weight / species[j].molecular_weight;
        const double root = 1.0 + std::sqrt(mu[k] / mu[j]) * std::pow(ratio, -0.25);
        interaction += X[j] * root * root / std::sqrt(8.0 * (1.0 + ratio));
        if (j != k) resistance += X[j] / binary_diffusivity(species[j], species[k], T, p);
      }
      viscosity += X[k] * mu[k] / interaction;
      const double lambda = species_conductivity(species[k], T, cp[k]);
      arithmetic += X[k] * lambda;
      harmonic += X[k] / lambda;
      D[k] = (1.0 - Y[k]) / resistance;
    }
    conductivity = 0.5 * (arithmetic + 1.0 / harmonic);
  }
};

TEST(MixtureAveragedTransport, reproduces_reference_viscosity_conductivity_and_diffusivities) {
  for (const auto& state : {testing::hydrogen_state(), testing::methane_state()}) {
    MixtureAveragedTransport transport(state.mechanism);
    std::vector<double> D(transport.n_species());
    const auto properties =
        transport.evaluate(state.T, state.p, state.Y(), heat_capacities(state.mechanism, state.T), D);
    EXPECT_NEAR(properties.viscosity / state.viscosity, 1.0, 0.002);
    EXPECT_NEAR(properties.conductivity / state.conductivity, 1.0, 0.002);
    ASSERT_EQ(state.diffusivity.size(), D.size());
    for (const auto& [name, value] : state.diffusivity)
      EXPECT_NEAR(D[state.mechanism.require_species(name)] / value, 1.0, 0.002) << name;
  }
}

TEST(MixtureAveragedTransport, follows_the_printed_rules_to_within_its_fits) {
  std::mt19937_64 engine(29);
  std::uniform_real_distribution<double> temperatures(MixtureAveragedTransport::T_min,
                                                      MixtureAveragedTransport::T_max);
  for (const auto* mechanism : {&hydrogen(), &methane()}) {
    MixtureAveragedTransport transport(*mechanism);
    std::vector<double> D(transport.n_species());
    for (int i = 0; i < 200; ++i) {
      const double T = temperatures(engine);
      const auto Y = random_composition(engine, D.size(), 5.0);
      const Direct direct(*mechanism, T, 2e5, Y);
      const auto properties = transport.evaluate(T, 2e5, Y, heat_capacities(*mechanism, T), D);
      ASSERT_NEAR(properties.viscosity / direct.viscosity, 1.0, 0.003) << T;
      ASSERT_NEAR(properties.conductivity / direct.conductivity, 1.0, 0.003) << T;
      for (std::size_t k = 0; k < D.size(); ++k) ASSERT_NEAR(D[k] / direct.D[k], 1.0, 0.003) << T << " " << k;
    }
  }
}

TEST(MixtureAveragedTransport, its_fits_are_as_good_as_it_says) {
  for (const auto* mechanism : {&hydrogen(), &methane()}) {
    MixtureAveragedTransport transport(*mechanism);
    EXPECT_LT(transport.largest_fit_error(), 0.0035);
    const std::size_t n = transport.n_species();
    double worst = 0.0;
    std::vector<double> D(n);
    for (double T = MixtureAveragedTransport::T_min; T < MixtureAveragedTransport::T_max; T *= 1.02) {
      const auto cp = heat_capacities(*mechanism, T);
      for (std::size_t k = 0; k < n; ++k) {
        const auto& species = mechanism->species;
        const auto properties = transport.evaluate(T, 1e5, pure(*mechanism, k), cp, D);
        worst = std::max(worst, std::abs(properties.viscosity / species_viscosity(species[k], T) - 1.0));
        worst = std::max(worst, std::abs(properties.conductivity / species_conductivity(species[k], T, cp[k]) - 1.0));
        // A trace of j in pure k diffuses by their binary diffusivity.
        for (std::size_t j = 0; j < n; ++j)
          if (j != k)
            worst = std::max(worst, std::abs(D[j] / binary_diffusivity(species[j], species[k], T, 1e5) - 1.0));
      }
    }
    EXPECT_LT(worst, 1.02 * transport.largest_fit_error() + 1e-7);
    EXPECT_GT(worst, 0.9 * transport.largest_fit_error());
  }
}

TEST(MixtureAveragedTransport, separate_functions_give_what_evaluate_gives) {
  const auto state = testing::methane_state();
  MixtureAveragedTransport transport(methane());
  const auto cp = heat_capacities(methane(), state.T);
  std::vector<double> D(transport.n_species()), separate(D.size());
  const auto properties = transport.evaluate(state.T, state.p, state.Y(), cp, D);
  transport.diffusivities(state.T, state.p, state.Y(), separate);
  EXPECT_EQ(D, separate);
  EXPECT_EQ(properties.viscosity, transport.viscosity(state.T, state.Y()));
  EXPECT_EQ(properties.conductivity, transport.conductivity(state.T, state.Y(), cp));
}

TEST(MixtureAveragedTransport, diffusivities_go_as_one_over_pressure) {
  const auto state = testing::hydrogen_state();
  MixtureAveragedTransport transport(hydrogen());
  std::vector<double> D(transport.n_species()), at_8(D.size());
  transport.diffusivities(state.T, state.p, state.Y(), D);
  transport.diffusivities(state.T, 8.0 * state.p, state.Y(), at_8);
  for (std::size_t k = 0; k < D.size(); ++k) EXPECT_DOUBLE_EQ(at_8[k], D[k] / 8.0);
}

// In a pure gas the diffusivity of that gas is the limit for equal traces of all others.
TEST(MixtureAveragedTransport, is_well_defined_in_a_pure_gas) {
  MixtureAveragedTransport transport(methane());
  const auto n2 = methane().require_species("N2");
  std::vector<double> D(transport.n_species()), near(D.size()), X(D.size(), 1e-5), Y(D.size());
  transport.diffusivities(1000.0, 101325.0, pure(methane(), n2), D);
  X[n2] = 1.0 - 1e-5 * static_cast<double>(X.size() - 1);
  Thermodynamics(methane()).mass_from_mole_fractions(X, Y);
  transport.diffusivities(1000.0, 101325.0, Y, near);
  for (std::size_t k = 0; k < D.size(); ++k) EXPECT_NEAR(D[k] / near[k], 1.0, 1e-3) << k;
}

TEST(MixtureAveragedTransport, takes_undershoots_for_nothing_and_does_not_need_a_sum_of_one) {
  MixtureAveragedTransport transport(methane());
  const double T = 1200.0;
  const auto cp = heat_capacities(methane(), T);
  auto Y = fuel_air_mixture(methane(), "CH4", 0.8);
  std::vector<double> D(Y.size()), undershot(Y.size()), scaled(Y.size());
  const auto properties = transport.evaluate(T, 1e5, Y, cp, D);
  for (double& y : Y) y = y > 0.0 ? y : -1e-7;
  const auto with_undershoots = transport.evaluate(T, 1e5, Y, cp, undershot);
  for (double& y : Y) y *= 1.01;
  const auto with_scale = transport.evaluate(T, 1e5, Y, cp, scaled);
  EXPECT_EQ(with_undershoots.viscosity, properties.viscosity);
  EXPECT_EQ(with_undershoots.conductivity, properties.conductivity);
  EXPECT_EQ(undershot, D);
  EXPECT_NEAR(with_scale.viscosity / properties.viscosity, 1.0, 1e-13);
  for (std::size_t k = 0; k < D.size(); ++k) EXPECT_NEAR(scaled[k] / D[k], 1.0, 1e-12);
}

// Both states of CH2 have the same mass and the same molecular data.
TEST(MixtureAveragedTransport, does_not_tell_twins_apart) {
  MixtureAveragedTransport transport(methane());
  const auto triplet = methane().require_species("CH2");
  const auto singlet = methane().require_species("CH2(S)");
  const auto n2 = methane().require_species("N2");
  std::vector<double> Y(methane().n_species(), 0.0), D(Y.size()), other(Y.size());
  Y[n2] = 0.6;
  Y[triplet] = 0.4;
  const double viscosity = transport.viscosity(900.0, Y);
  transport.diffusivities(900.0, 1e5, Y, D);
  Y[triplet] = 0.1;
  Y[singlet] = 0.3;
  transport.diffusivities(900.0, 1e5, Y, other);
  EXPECT_NEAR(transport.viscosity(900.0, Y) / viscosity, 1.0, 1e-14);
  EXPECT_NEAR(other[n2] / D[n2], 1.0, 1e-13);
}

TEST(MixtureAveragedTransport, goes_on_like_hard_spheres_beyond_its_range) {
  MixtureAveragedTransport transport(hydrogen());
  const auto Y = air(hydrogen());
  const auto cp = heat_capacities(hydrogen(), 3500.0);
  std::vector<double> D(Y.size()), hot(Y.size());
  const auto at_end = transport.evaluate(3500.0, 1e5, Y, cp, D);
  const auto beyond = transport.evaluate(14000.0, 1e5, Y, cp, hot);
  EXPECT_NEAR(beyond.viscosity / at_end.viscosity, 2.0, 1e-12);
  EXPECT_NEAR(beyond.conductivity / at_end.conductivity, 2.0, 1e-12);
  for (std::size_t k = 0; k < D.size(); ++k) EXPECT_NEAR(hot[k] / D[k], 8.0, 1e-11);
  EXPECT_NEAR(transport.viscosity(50.0, Y) / transport.viscosity(200.0, Y), 0.5, 1e-12);
}

TEST(MixtureAveragedTransport, a_lone_species_does_not_diffuse) {
  Mechanism lone = hydrogen();
  lone.species = {hydrogen().species[hydrogen().require_species("N2")]};
  MixtureAveragedTransport transport(lone);
  std::vector<double> D{1.0};
  const auto properties = transport.evaluate(300.0, 101325.0, std::vector{1.0}, heat_capacities(lone, 300.0), D);
  EXPECT_EQ(D[0], 0.0);
  EXPECT_NEAR(properties.viscosity, 17.9e-6, 0.3e-6);
  EXPECT_NEAR(properties.conductivity, 0.0260, 0.0005);
}

TEST(MixtureAveragedTransport, refuses_a_species_without_transport_data) {
  Mechanism incomplete = hydrogen();
  incomplete.species[incomplete.require_species("HO2")].transport.reset();
  incomplete.source = "my.yaml";
  try {
    MixtureAveragedTransport transport(incomplete);
    FAIL() << "was accepted";
  } catch (const core::UserError& error) {
    EXPECT_STREQ(error.what(),
                 "species \"HO2\" of my.yaml has no transport data, which transport: mixture_averaged needs of every "
                 "species; add them to the mechanism or choose transport: constant_lewis");
  }
}

// GRI-Mech 3.0 is not shipped. To run: BIMETAL_GRI30=<gri30.yaml of the Cantera project> chemistry_tests
TEST(MixtureAveragedTransport, takes_the_full_gri_mechanism) {
  const char* const path = std::getenv("BIMETAL_GRI30");
  if (!path) GTEST_SKIP() << "BIMETAL_GRI30 does not name a file";
  const auto full = read_mechanism(path);
  MixtureAveragedTransport transport(full);
  EXPECT_LT(transport.largest_fit_error(), 0.005);
  // Its data of the shipped part are the same, so with the same gas its properties are.
  const auto state = testing::methane_state();
  std::vector<double> Y(full.n_species(), 0.0), D(full.n_species());
  const auto part = state.Y();
  for (std::size_t k = 0; k < part.size(); ++k) Y[full.require_species(methane().species[k].name)] = part[k];
  const auto properties = transport.evaluate(state.T, state.p, Y, heat_capacities(full, state.T), D);
  EXPECT_NEAR(properties.viscosity / state.viscosity, 1.0, 0.002);
  EXPECT_NEAR(properties.conductivity / state.conductivity, 1.0, 0.002);
  for (const auto& [name, value] : state.diffusivity)
    EXPECT_NEAR(D[full.require_species(name)] / value, 1.0, 0.002) << name;
}

}  // namespace
}  // namespace bimetal::chemistry
