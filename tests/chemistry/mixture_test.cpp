#include "chemistry/mixture.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "core/error.hpp"
#include "reference_states.hpp"
#include "small_gas.hpp"

namespace bimetal::chemistry {
namespace {

using testing::hydrogen;
using testing::methane;

TEST(Mixture, of_hydrogen_and_air_at_phi_one_is_two_to_one_to_nitrogen) {
  const auto Y = fuel_air_mixture(hydrogen(), "H2", 1.0);
  std::vector<double> X(Y.size());
  Thermodynamics(hydrogen()).mole_from_mass_fractions(Y, X);
  const double total = 2.0 + 1.0 + 3.76;
  EXPECT_NEAR(X[hydrogen().require_species("H2")], 2.0 / total, 1e-14);
  EXPECT_NEAR(X[hydrogen().require_species("O2")], 1.0 / total, 1e-14);
  EXPECT_NEAR(X[hydrogen().require_species("N2")], 3.76 / total, 1e-14);
  EXPECT_NEAR(std::accumulate(Y.begin(), Y.end(), 0.0), 1.0, 1e-15);
}

TEST(Mixture, scales_the_fuel_with_the_equivalence_ratio) {
  std::vector<double> X(methane().n_species());
  Thermodynamics(methane()).mole_from_mass_fractions(fuel_air_mixture(methane(), "CH4", 0.7), X);
  EXPECT_NEAR(X[methane().require_species("CH4")] / X[methane().require_species("O2")], 0.7 / 2.0, 1e-14);
  EXPECT_EQ(fuel_air_mixture(methane(), "CH4", 0.0), air(methane()));
}

TEST(Mixture, knows_the_oxygen_a_fuel_needs) {
  EXPECT_NEAR(stoichiometric_oxygen(methane(), "CH4"), 2.0 * 31.998 / 16.043, 1e-12);
  EXPECT_NEAR(stoichiometric_oxygen(methane(), "CH2O"), 31.998 / 30.026, 1e-12);
}

TEST(Mixture, refuses_what_cannot_burn) {
  EXPECT_THROW(fuel_air_mixture(hydrogen(), "H2O", 1.0), core::UserError);
  EXPECT_THROW(fuel_air_mixture(hydrogen(), "N2", 1.0), core::UserError);
  EXPECT_THROW(fuel_air_mixture(hydrogen(), "CH4", 1.0), core::UserError);
  EXPECT_THROW(fuel_air_mixture(hydrogen(), "H2", -1.0), core::UserError);
  EXPECT_THROW(fuel_air_mixture(hydrogen(), "H2", 0.0 / 0.0), core::UserError);
}

std::vector<double> mole_fractions(const Mechanism& mechanism, const Reactants& reactants, double phi) {
  std::vector<double> X(mechanism.n_species());
  Thermodynamics(mechanism).mole_from_mass_fractions(reactant_mixture(mechanism, reactants, phi), X);
  return X;
}

/// Oxidiser by its parts.
Blend blend(std::initializer_list<std::pair<std::string, double>> parts) {
  Blend blend;
  blend.parts = parts;
  return blend;
}

TEST(Mixture, of_a_blend_of_fuels_takes_the_oxygen_that_its_parts_need) {
  // 0.7 CH4 + 0.3 H2 take 1.4 + 0.15 O2.
  const auto X = mole_fractions(methane(), {.fuel = blend({{"CH4", 0.7}, {"H2", 0.3}})}, 0.8);
  const auto of = [&](const char* name) { return X[methane().require_species(name)]; };
  EXPECT_NEAR(of("CH4") / of("H2"), 0.7 / 0.3, 1e-12);
  EXPECT_NEAR(of("CH4") / of("O2"), 0.8 * 0.7 / 1.55, 1e-12);
  EXPECT_NEAR(of("N2") / of("O2"), 3.76, 1e-12);
}

TEST(Mixture, takes_another_oxidiser_and_diluted_fuel) {
  const auto X = mole_fractions(
      methane(), {.fuel = blend({{"CH4", 1.0}, {"N2", 3.0}}), .oxidizer = blend({{"O2", 1.0}, {"CO2", 3.0}})}, 1.0);
  const auto of = [&](const char* name) { return X[methane().require_species(name)]; };
  EXPECT_NEAR(of("CH4") / of("O2"), 0.5, 1e-12);
  EXPECT_NEAR(of("CO2") / of("O2"), 3.0, 1e-12);
  EXPECT_NEAR(of("N2") / of("CH4"), 3.0, 1e-12);
}

TEST(Mixture, counts_amounts_by_mass_where_asked) {
  const auto Y = reactant_mixture(methane(), {.fuel = blend({{"CH4", 3.0}, {"H2", 1.0}}), .basis = Basis::mass}, 1.0);
  const auto of = [&](const char* name) { return Y[methane().require_species(name)]; };
  EXPECT_NEAR(of("CH4") / of("H2"), 3.0, 1e-12);
  const double oxygen = 3.0 * stoichiometric_oxygen(methane(), "CH4") + stoichiometric_oxygen(methane(), "H2");
  EXPECT_NEAR(of("O2") / of("H2"), oxygen, 1e-12);
}

/// The hydrogen mechanism with O turned into what burns: NH3 in place of HO2, AR in place of N2.
Mechanism ammonia() {
  Mechanism mechanism = hydrogen();
  const auto n = *mechanism.element_index("N"), h = *mechanism.element_index("H"), o = *mechanism.element_index("O");
  auto& species = mechanism.species[mechanism.require_species("HO2")];
  species.name = "NH3";
  species.atoms[o] = 0.0;
  species.atoms[h] = 3.0;
  species.atoms[n] = 1.0;
  return mechanism;
}

TEST(Mixture, burns_ammonia_to_nitrogen_and_water) {
  // 4 NH3 + 3 O2 -> 2 N2 + 6 H2O
  const auto mechanism = ammonia();
  const auto X = mole_fractions(mechanism, {.fuel = "NH3"}, 1.0);
  EXPECT_NEAR(X[mechanism.require_species("NH3")] / X[mechanism.require_species("O2")], 4.0 / 3.0, 1e-12);
}

TEST(Mixture, says_how_to_do_without_nitrogen) {
  Mechanism mechanism = hydrogen();
  mechanism.species[mechanism.require_species("N2")].name = "AR";
  testing::expect_user_error([&] { fuel_air_mixture(mechanism, "H2", 1.0); },
                             {"no N2", "--oxidizer", "initial.oxidizer"});
  EXPECT_NO_THROW(reactant_mixture(mechanism, {.fuel = "H2", .oxidizer = blend({{"O2", 1}, {"AR", 7}})}, 1.0));
}

TEST(Mixture, refuses_blends_that_make_none) {
  const auto refuse = [](const Reactants& reactants, const std::string& reason) {
    testing::expect_user_error([&] { reactant_mixture(methane(), reactants, 1.0); }, {reason});
  };
  refuse({.fuel = blend({{"CH4", 0.0}})}, "holds nothing");
  refuse({.fuel = blend({{"CH4", -1.0}})}, "the amount of CH4");
  refuse({.fuel = blend({{"CO2", 1.0}, {"N2", 1.0}})}, "needs no oxygen");
  refuse({.fuel = "CH4", .oxidizer = "N2"}, "no oxygen to give");
  refuse({.fuel = "CH4", .oxidizer = "XE"}, "\"XE\" is not in the mechanism");
}

TEST(Blend, is_read_from_a_list_of_amounts_or_a_name) {
  EXPECT_EQ(parse_blend("CH4:0.7, H2 : 0.3"), blend({{"CH4", 0.7}, {"H2", 0.3}}));
  EXPECT_EQ(parse_blend("CH2(S)"), Blend("CH2(S)"));
  EXPECT_EQ(parse_blend("C2H2,vinylidene"), Blend("C2H2,vinylidene"));
  EXPECT_EQ(parse_blend("C2H2,vinylidene:1,O2:2"), blend({{"C2H2,vinylidene", 1.0}, {"O2", 2.0}}));
  EXPECT_EQ(blend({{"CH4", 0.7}, {"H2", 0.3}}).text(), "CH4:0.7,H2:0.3");
  for (const char* bad : {"", " ", ":", "CH4:", ":1", "CH4:x", "CH4:-1", "CH4:1,H2", "CH4:nan"})
    EXPECT_FALSE(parse_blend(bad)) << bad;
}

}  // namespace
}  // namespace bimetal::chemistry
