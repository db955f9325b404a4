#include "chemistry/species_transport.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "chemistry/collision_integrals.hpp"
#include "reference_states.hpp"

namespace bimetal::chemistry {
namespace {

using testing::methane;

const Species& species(const char* name) { return methane().species[methane().require_species(name)]; }

Species argon() {
  Species result;
  result.molecular_weight = 39.95;
  result.transport = LennardJones{Geometry::atom, 136.5, 3.33, 0.0, 0.0, 0.0};
  return result;
}

double cp(const char* name, double T) {
  std::vector<double> all(methane().n_species());
  Thermodynamics(methane()).species_cp(T, all);
  return all[methane().require_species(name)];
}

// CRC Handbook of Chemistry and Physics, section 6, Viscosity of Gases.
TEST(SpeciesTransport, has_measured_viscosities) {
  EXPECT_NEAR(species_viscosity(argon(), 300.0), 22.7e-6, 0.025 * 22.7e-6);
  EXPECT_NEAR(species_viscosity(argon(), 600.0), 38.8e-6, 0.025 * 38.8e-6);
  struct Measured {
    const char* name;
    double T, viscosity;
  };
  for (const Measured& row :
       {Measured{"N2", 300.0, 17.9e-6}, Measured{"N2", 600.0, 29.6e-6}, Measured{"O2", 300.0, 20.7e-6},
        Measured{"O2", 600.0, 34.7e-6}, Measured{"CO2", 300.0, 15.0e-6}, Measured{"CO2", 600.0, 28.0e-6},
        Measured{"CO", 600.0, 29.1e-6}, Measured{"H2", 300.0, 8.9e-6}, Measured{"H2O", 600.0, 21.4e-6},
        Measured{"CH4", 600.0, 19.4e-6}})
    EXPECT_NEAR(species_viscosity(species(row.name), row.T) / row.viscosity, 1.0, 0.025) << row.name << row.T;
}

// CRC Handbook of Chemistry and Physics, section 6, Thermal Conductivity of Gases.
TEST(SpeciesTransport, has_measured_conductivities) {
  struct Measured {
    const char* name;
    double T, conductivity;
  };
  for (const Measured& row :
       {Measured{"N2", 300.0, 0.0260}, Measured{"N2", 600.0, 0.0440}, Measured{"O2", 300.0, 0.0263},
        Measured{"O2", 600.0, 0.0481}, Measured{"H2", 300.0, 0.1869}, Measured{"CO2", 600.0, 0.0416},
        Measured{"CO", 300.0, 0.0250}, Measured{"C2H4", 300.0, 0.0205}})
    EXPECT_NEAR(species_conductivity(species(row.name), row.T, cp(row.name, row.T)) / row.conductivity, 1.0, 0.03)
        << row.name << row.T;
}

// Bird, Stewart & Lightfoot, Transport Phenomena (2nd ed., 2002), table 17.1-1, at 1 atm.
TEST(SpeciesTransport, has_measured_diffusivities) {
  EXPECT_NEAR(binary_diffusivity(species("N2"), species("O2"), 273.2, 101325.0), 0.181e-4, 0.03 * 0.181e-4);
  EXPECT_NEAR(binary_diffusivity(species("H2"), species("N2"), 273.2, 101325.0), 0.674e-4, 0.03 * 0.674e-4);
  EXPECT_NEAR(binary_diffusivity(species("H2"), species("CH4"), 298.2, 101325.0), 0.726e-4, 0.03 * 0.726e-4);
  EXPECT_NEAR(binary_diffusivity(species("CO2"), species("N2"), 298.2, 101325.0), 0.165e-4, 0.06 * 0.165e-4);
}

TEST(SpeciesTransport, conducts_heat_in_atoms_by_translation_alone) {
  const Species atom = argon();
  const double cp_atom = 2.5 * gas_constant / atom.molecular_weight;
  for (double T : {200.0, 900.0, 3000.0})
    EXPECT_NEAR(species_conductivity(atom, T, cp_atom) / (1.5 * cp_atom * species_viscosity(atom, T)), 1.0, 1e-12);
}

// Without exchange between translation and rotation Mason and Monchick's result is the modified Eucken formula.
TEST(SpeciesTransport, tends_to_the_modified_eucken_formula_for_slow_relaxation) {
  for (const char* name : {"N2", "CH4", "H2O"}) {
    Species slow = species(name);
    slow.transport->rotational_relaxation = 1e12;
    const auto& data = *slow.transport;
    const double T = 700.0;
    const double R = gas_constant / slow.molecular_weight;
    const double dipole2 = 7242.97 * data.dipole * data.dipole;  // [K Angstrom^3]
    const double delta = 0.5 * dipole2 / (data.well_depth * std::pow(data.diameter, 3));
    const double ratio = 1.2 * collision_integral_ratio(T / data.well_depth, delta);
    const double expected = species_viscosity(slow, T) * (3.75 * R + ratio * (cp(name, T) - 2.5 * R));
    EXPECT_NEAR(species_conductivity(slow, T, cp(name, T)) / expected, 1.0, 1e-8) << name;
    EXPECT_NE(species_conductivity(species(name), T, cp(name, T)), expected);
  }
}

/// The collision number of rotation that a conductivity implies: Mason and Monchick's formula, with f the ratio of
/// the diffusion of internal energy to viscosity and c the heat capacity of rotation, solved for it.
double collision_number(const char* name, double c, double T) {
  const Species& one = species(name);
  const double R = gas_constant / one.molecular_weight;
  const double f = 1.2 * collision_integral_ratio(T / one.transport->well_depth, 0.0);
  const double conductivity = species_conductivity(one, T, cp(name, T)) / (species_viscosity(one, T) * R);
  const double exchange = (3.75 + f * (cp(name, T) / R - 2.5) - conductivity) / (c * (2.5 - f));
  return 2.0 / std::numbers::pi * ((2.5 - f) / exchange - 5.0 / 3.0 * c - f);
}

// Parker's factor for nitrogen, 1 + 2.7842 x + 4.4674 x^2 + 5.5683 x^3 with x^2 = 97.53 K / T: 5.0976 at 298 K and
// 2.4748 at 1000 K.
TEST(SpeciesTransport, rotation_relaxes_in_the_given_number_of_collisions_at_298_K_and_in_more_when_hot) {
  EXPECT_NEAR(collision_number("N2", 1.0, 298.0), 4.0, 1e-6);
  EXPECT_NEAR(collision_number("N2", 1.0, 1000.0), 4.0 * 5.0976 / 2.4748, 1e-3);
  EXPECT_NEAR(collision_number("CH4", 1.5, 298.0), 13.0, 1e-6);
}

TEST(SpeciesTransport, diffusivity_is_symmetric_and_inversely_proportional_to_pressure) {
  for (const auto& a : methane().species)
    for (const auto& b : methane().species) {
      const double D = binary_diffusivity(a, b, 800.0, 1e5);
      EXPECT_NEAR(binary_diffusivity(b, a, 800.0, 1e5), D, 1e-14 * D);
      EXPECT_NEAR(binary_diffusivity(a, b, 800.0, 4e5), 0.25 * D, 1e-14 * D);
    }
}

// By hand: xi = 1 + (1.76 / 3.621^3) (2 * 1.2170) sqrt(572.4 / 97.53) / 4 = 1.05465 for water and nitrogen.
TEST(SpeciesTransport, dipoles_attract_molecules_that_they_polarize) {
  const double xi = 1.05465;
  Species water = species("H2O"), nitrogen = species("N2");
  const LennardJones pair{Geometry::linear, xi * xi * std::sqrt(572.4 * 97.53),
                          0.5 * (2.605 + 3.621) * std::pow(xi, -1.0 / 6.0)};
  const double D = binary_diffusivity(water, nitrogen, 500.0, 101325.0);
  water.transport = nitrogen.transport = pair;
  EXPECT_NEAR(binary_diffusivity(water, nitrogen, 500.0, 101325.0) / D, 1.0, 1e-5);
}

}  // namespace
}  // namespace bimetal::chemistry
