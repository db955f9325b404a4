#include "chemistry/kinetics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "derivative_check.hpp"
#include "reference_states.hpp"

namespace bimetal::chemistry {
namespace {

void expect_reference_rates(const testing::ReferenceState& state) {
  Kinetics kinetics(state.mechanism);
  std::vector<double> omega(state.mechanism.n_species());
  kinetics.net_production_rates(state.T, state.p, state.Y(), omega);
  ASSERT_EQ(state.omega.size(), omega.size());
  for (const auto& [name, reference] : state.omega)
    EXPECT_NEAR(omega[state.mechanism.require_species(name)], reference, 1e-6 * std::abs(reference) + 1e-12) << name;
  EXPECT_NEAR(kinetics.heat_release(state.T, omega) / state.heat_release, 1.0, 1e-6);
}

TEST(Kinetics, reproduces_reference_net_production_rates_of_hydrogen) {
  expect_reference_rates(testing::hydrogen_state());
}

TEST(Kinetics, reproduces_reference_net_production_rates_of_methane) {
  expect_reference_rates(testing::methane_state());
}

TEST(Kinetics, makes_and_destroys_no_element) {
  for (const auto& state : {testing::hydrogen_state(), testing::methane_state()}) {
    const auto& mechanism = state.mechanism;
    Kinetics kinetics(mechanism);
    std::vector<double> omega(mechanism.n_species());
    kinetics.net_production_rates(state.T, state.p, state.Y(), omega);
    for (std::size_t e = 0; e < mechanism.n_elements(); ++e) {
      double made = 0.0;
      double turned_over = 0.0;
      for (std::size_t k = 0; k < mechanism.n_species(); ++k) {
        made += mechanism.species[k].atoms[e] * omega[k];
        turned_over += mechanism.species[k].atoms[e] * std::abs(omega[k]);
      }
      EXPECT_LE(std::abs(made), 1e-13 * turned_over) << mechanism.elements[e].name;
    }
  }
}

TEST(Kinetics, has_derivatives_that_match_central_differences) {
  for (const auto& state : {testing::hydrogen_state(), testing::methane_state()}) {
    const Thermodynamics thermodynamics(state.mechanism);
    const auto Y = state.Y();
    for (double T : {700.0, state.T, 2400.0}) {
      std::vector<double> C(Y.size());
      for (std::size_t k = 0; k < C.size(); ++k)
        C[k] = thermodynamics.density(T, state.p, Y) * (Y[k] + 1e-5) / state.mechanism.species[k].molecular_weight;
      testing::expect_derivatives_match_differences(state.mechanism, T, C);
    }
  }
}

// Fractional coefficients, four molecules on a side, one-way steps, an explicit falloff collider, and a negative A.
constexpr const char* odd_mechanism = R"(
units: {length: cm, quantity: mol, activation-energy: cal/mol}
species:
- name: A
  composition: {H: 1}
  thermo: {model: NASA7, temperature-ranges: [200, 5000], data: [[2.5, 1.0e-4, 0, 0, 0, 20000, 1]]}
- name: B
  composition: {H: 2}
  thermo: {model: NASA7, temperature-ranges: [200, 5000], data: [[3.5, 0, 1.0e-8, 0, 0, 5000, 2]]}
- name: C
  composition: {H: 4}
  thermo: {model: NASA7, temperature-ranges: [200, 5000], data: [[5.5, 0, 0, 0, 0, -9000, 3]]}
reactions:
- {equation: 4 A <=> C, rate-constant: {A: 1.0e+25, b: 0, Ea: 1000}}
- {equation: 1.5 B + 0.25 C => C, rate-constant: {A: 1.0e+10, b: 0.5, Ea: 2000}}
- {equation: 0.5 C <=> B, rate-constant: {A: 1.0e+6, b: 0, Ea: 0}}
- {equation: A + A (+ C) <=> B (+ C), type: falloff, low-P-rate-constant: {A: 1.0e+21, b: -1, Ea: 0},
   high-P-rate-constant: {A: 1.0e+14, b: 0, Ea: 100}, Troe: {A: 0.6, T3: 100, T1: 2000, T2: 4000}}
- {equation: 2 B + M <=> C + M, rate-constant: {A: 1.0e+16, b: 0, Ea: 0}, default-efficiency: 0, efficiencies: {A: 2}}
- {equation: A + A <=> B, rate-constant: {A: -1.0e+8, b: 0, Ea: 0}, negative-A: true}
)";

TEST(Kinetics, handles_unusual_reactions) {
  const Mechanism mechanism = parse_mechanism(odd_mechanism, "odd");
  Kinetics kinetics(mechanism);
  const double T = 1200.0;
  const std::vector<double> C{1e-3, 2e-3, 3e-3};  // [kmol/m^3], that is 1e-6, 2e-6, 3e-6 mol/cm^3
  testing::expect_derivatives_match_differences(mechanism, T, C);

  // The one-way step alone, by hand: in cm and mol, then to kmol/m^3/s.
  Mechanism one = mechanism;
  one.reactions = {mechanism.reactions[1]};
  std::vector<double> omega(3);
  Kinetics(one).net_production_rates_of(T, C, omega);
  const double rate =
      1e10 * std::sqrt(T) * std::exp(-2000.0 / (1.987204259 * T)) * std::pow(2e-6, 1.5) * std::pow(3e-6, 0.25) * 1e3;
  EXPECT_NEAR(omega[1] / (-1.5 * rate), 1.0, 1e-6);
  EXPECT_NEAR(omega[2] / (0.75 * rate), 1.0, 1e-6);
}

/// The composition of A and B in equilibrium, from Gibbs energies alone: nothing may happen there.
TEST(Kinetics, stands_still_in_equilibrium) {
  Mechanism mechanism = parse_mechanism(odd_mechanism, "odd");
  mechanism.reactions = {mechanism.reactions[3], mechanism.reactions[5]};  // both 2 A <=> B
  const double T = 1500.0;
  std::vector<double> cp_R(3), h_RT(3), g_RT(3), omega(3);
  Thermodynamics(mechanism).species_standard(T, std::log(T), cp_R, h_RT, g_RT);
  const double standard_concentration = standard_pressure / (gas_constant * T);
  const double C_A = 1e-4;
  const double C_B = C_A * C_A / standard_concentration * std::exp(2.0 * g_RT[0] - g_RT[1]);
  const std::vector<double> C{C_A, C_B, 1e-3};
  Kinetics kinetics(mechanism);
  kinetics.net_production_rates_of(T, C, omega);
  const double balanced = omega[0];
  kinetics.net_production_rates_of(T, std::vector<double>{1.01 * C_A, C_B, 1e-3}, omega);
  EXPECT_LT(std::abs(balanced), 1e-10 * std::abs(omega[0]));
}

}  // namespace
}  // namespace bimetal::chemistry
