#include "subproblem/burnt_gas.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "chemistry/kinetics.hpp"
#include "core/error.hpp"
#include "reactor_rows.hpp"

namespace bimetal::subproblem {
namespace {

using testing::hydrogen;
using testing::methane;

constexpr double atmosphere = 101325.0;
constexpr double room = 300.0;  // [K]

struct Mixture {
  testing::MechanismPointer mechanism;
  const char* fuel;
  double phi;

  std::vector<double> Y() const { return chemistry::fuel_air_mixture(*mechanism, fuel, phi); }
  std::vector<double> burnt() const { return burnt_gas(*mechanism, room, atmosphere, Y()); }
  std::string text() const { return std::string(fuel) + " at phi " + std::to_string(phi); }
};

/// From cold and lean to cold and rich.
std::vector<Mixture> mixtures() {
  std::vector<Mixture> all;
  for (double phi : {0.01, 0.1, 0.3, 0.6, 1.0, 1.5, 3.0, 8.0, 50.0}) {
    all.push_back({hydrogen(), "H2", phi});
    all.push_back({methane(), "CH4", phi});
  }
  return all;
}

std::vector<double> only(const chemistry::Mechanism& mechanism, const char* name) {
  std::vector<double> Y(mechanism.n_species(), 0.0);
  Y[mechanism.require_species(name)] = 1.0;
  return Y;
}

TEST(BurntGas, has_reference_adiabatic_temperatures) {
  struct Reference {
    Mixture mixture;
    double T;  // at 300 K and 1 atm, by Cantera 3.0.1's equilibrium [K]
  };
  const Reference table[] = {{{hydrogen(), "H2", 0.5}, 1646.51},
                             {{hydrogen(), "H2", 1.0}, 2388.10},
                             {{hydrogen(), "H2", 2.0}, 2062.02},
                             {{methane(), "CH4", 0.6}, 1669.51},
                             {{methane(), "CH4", 1.0}, 2231.28}};
  for (const auto& [mixture, T] : table) EXPECT_NEAR(mixture.burnt()[0] / T, 1.0, 1e-5) << mixture.text();
}

TEST(BurntGas, keeps_elements_enthalpy_and_bounds) {
  for (const auto& mixture : mixtures()) {
    const auto& mechanism = *mixture.mechanism;
    const chemistry::Thermodynamics thermodynamics(mechanism);
    const auto Y = mixture.Y();
    const auto row = mixture.burnt();
    const std::span<const double> burnt(row.begin() + 1, row.end());
    for (std::size_t e = 0; e < mechanism.n_elements(); ++e) {
      double gained = 0.0;
      for (std::size_t k = 0; k < Y.size(); ++k) gained += mechanism.element_mass_fraction(e, k) * (burnt[k] - Y[k]);
      EXPECT_NEAR(gained, 0.0, 2e-15) << mechanism.elements[e].name << " of " << mixture.text();
    }
    const double h_scale = thermodynamics.cp(room, Y) * room;
    EXPECT_NEAR(thermodynamics.enthalpy(row[0], burnt), thermodynamics.enthalpy(room, Y), 1e-12 * h_scale)
        << mixture.text();
    EXPECT_GE(*std::ranges::min_element(burnt), 0.0) << mixture.text();
    EXPECT_GT(row[0], room) << mixture.text();
  }
}

TEST(BurntGas, is_in_equilibrium_where_it_is_hot) {
  for (const auto& mixture : mixtures()) {
    const auto row = mixture.burnt();
    if (row[0] < 1800.0) continue;
    chemistry::Kinetics kinetics(*mixture.mechanism);
    const chemistry::Thermodynamics thermodynamics(*mixture.mechanism);
    std::vector<double> omega(row.size() - 1);
    const std::span<const double> Y(row.begin() + 1, row.end());
    kinetics.net_production_rates(row[0], atmosphere, Y, omega);
    const double density = thermodynamics.density(row[0], atmosphere, Y);
    for (std::size_t k = 0; k < omega.size(); ++k)
      EXPECT_NEAR(omega[k] * thermodynamics.molecular_weights()[k] / density, 0.0, 1e-3)  // [1/s]
          << mixture.mechanism->species[k].name << " of " << mixture.text();
  }
}

TEST(BurntGas, is_fully_oxidised_where_it_is_lean_and_cold) {
  const Mixture mixture{methane(), "CH4", 0.1};
  const auto row = mixture.burnt();
  const auto of = [&](const char* name) { return row[1 + methane()->require_species(name)]; };
  const double fuel = mixture.Y()[methane()->require_species("CH4")];
  EXPECT_LT(row[0], 700.0);
  EXPECT_NEAR(of("CH4"), 0.0, 1e-15);
  EXPECT_NEAR(of("CO2"), fuel * 44.009 / 16.043, 1e-8);
  EXPECT_NEAR(of("H2O"), fuel * 2.0 * 18.015 / 16.043, 1e-7);
}

/// The hydrogen mechanism with ammonia beside it; thermodynamics of GRI-Mech 3.0 (Smith et al., 1999).
chemistry::Mechanism with_ammonia() {
  auto mechanism = *hydrogen();
  auto ammonia = mechanism.species[mechanism.require_species("H2")];
  ammonia.name = "NH3";
  const auto n = *mechanism.element_index("N"), h = *mechanism.element_index("H");
  ammonia.atoms[h] = 3.0;
  ammonia.atoms[n] = 1.0;
  ammonia.molecular_weight = 3.0 * mechanism.elements[h].atomic_weight + mechanism.elements[n].atomic_weight;
  ammonia.thermo.ranges[0].a = {4.2860274,     -4.660523e-03,  2.1718513e-05, -2.2808887e-08,
                                8.2638046e-12, -6.7417285e+03, -0.62537277};
  ammonia.thermo.ranges[1].a = {2.6344521,      5.666256e-03,   -1.7278676e-06, 2.3867161e-10,
                                -1.2578786e-14, -6.5446958e+03, 6.5662928};
  mechanism.species.push_back(ammonia);
  return mechanism;
}

TEST(BurntGas, of_ammonia_is_nitrogen_and_water) {
  const auto mechanism = with_ammonia();
  const auto Y = chemistry::fuel_air_mixture(mechanism, "NH3", 0.1);
  const auto row = burnt_gas(mechanism, room, atmosphere, Y);
  const auto NH3 = mechanism.require_species("NH3"), N2 = mechanism.require_species("N2"),
             H2O = mechanism.require_species("H2O");
  EXPECT_LT(row[0], 700.0);
  EXPECT_NEAR(row[1 + NH3], 0.0, 1e-15);
  EXPECT_NEAR(row[1 + N2] - Y[N2], Y[NH3] * 0.5 * 28.014 / 17.031, 1e-8);
  EXPECT_NEAR(row[1 + H2O], Y[NH3] * 1.5 * 18.015 / 17.031, 1e-8);
}

TEST(BurntGas, keeps_hydrogen_the_oxygen_does_not_reach) {
  const Mixture mixture{hydrogen(), "H2", 8.0};
  const auto row = mixture.burnt();
  const auto H2 = hydrogen()->require_species("H2");
  EXPECT_NEAR(row[1 + H2], mixture.Y()[H2] * 7.0 / 8.0, 1e-6);
  EXPECT_NEAR(row[1 + hydrogen()->require_species("O2")], 0.0, 1e-12);
}

TEST(BurntGas, of_rich_methane_holds_carbon_monoxide_and_hydrogen) {
  const auto row = Mixture{methane(), "CH4", 1.5}.burnt();
  EXPECT_GT(row[1 + methane()->require_species("CO")], 0.05);
  EXPECT_GT(row[1 + methane()->require_species("H2")], 0.003);
  EXPECT_LT(row[1 + methane()->require_species("CH4")], 1e-4);
}

TEST(BurntGas, leaves_air_fuel_and_burnt_gas_as_they_are) {
  const auto expect_unchanged = [](const chemistry::Mechanism& mechanism, double T, std::span<const double> Y,
                                   double allowed) {
    const auto row = burnt_gas(mechanism, T, atmosphere, Y);
    EXPECT_NEAR(row[0] / T, 1.0, 10.0 * allowed);
    for (std::size_t k = 0; k < Y.size(); ++k) EXPECT_NEAR(row[1 + k], Y[k], allowed) << mechanism.species[k].name;
  };
  for (const auto& mechanism : {hydrogen(), methane()})
    expect_unchanged(*mechanism, room, chemistry::air(*mechanism), 1e-14);
  expect_unchanged(*hydrogen(), room, only(*hydrogen(), "H2"), 1e-14);
  expect_unchanged(*methane(), room, only(*methane(), "CH4"), 1e-14);
  const auto burnt = Mixture{hydrogen(), "H2", 1.0}.burnt();
  expect_unchanged(*hydrogen(), burnt[0], std::span(burnt).subspan(1), 1e-6);
}

TEST(BurntGas, refuses_a_state_out_of_range) {
  const auto Y = chemistry::air(*hydrogen());
  EXPECT_THROW(burnt_gas(*hydrogen(), 0.0, atmosphere, Y), core::UserError);
  EXPECT_THROW(burnt_gas(*hydrogen(), std::nan(""), atmosphere, Y), core::UserError);
  EXPECT_THROW(burnt_gas(*hydrogen(), room, -1.0, Y), core::UserError);
}

}  // namespace
}  // namespace bimetal::subproblem
