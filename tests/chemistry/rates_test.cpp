// Rates that no single Arrhenius expression gives: values against reference_rates.py, which shares no code with the
// program, and derivatives against differences.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "chemistry/cold_gas.hpp"
#include "chemistry/kinetics.hpp"
#include "chemistry/mechanism_reader.hpp"
#include "chemistry/thermodynamics.hpp"
#include "derivative_check.hpp"

namespace bimetal::chemistry {
namespace {

constexpr const char* gas = R"(
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
)";

Mechanism with(const std::string& reactions) { return parse_mechanism(gas + reactions, "rates"); }

constexpr double atmosphere = 101325.0;
constexpr std::array<std::array<double, 2>, 4> states{{{900.0, 0.4}, {900.0, 6.0}, {1800.0, 0.4}, {1800.0, 6.0}}};

/// 0.2 A, 0.3 B and 0.5 C by volume [kmol/m^3].
std::vector<double> concentrations(double T, double p) {
  const double total = p / (gas_constant * T);
  return {0.2 * total, 0.3 * total, 0.5 * total};
}

const std::string by_pressure =
    "type: pressure-dependent-Arrhenius, rate-constants: [{P: 10 atm, A: 8.0e+13, b: -0.2, Ea: 2500}, "
    "{P: 0.1 atm, A: 2.0e+11, b: 0.3, Ea: 1000}, {P: 1 atm, A: 5.0e+12, b: 0, Ea: 1500}, "
    "{P: 1.01325 bar, A: -1.0e+11, b: 0.1, Ea: 1200}]";
const std::string by_higher_pressure =
    "type: pressure-dependent-Arrhenius, rate-constants: [{P: 10 atm, A: 2.0e+11, b: 0.3, Ea: 1000}, "
    "{P: 100 atm, A: 5.0e+12, b: 0, Ea: 1500}, {P: 100 atm, A: -1.0e+11, b: 0.1, Ea: 1200}, "
    "{P: 1000 atm, A: 8.0e+13, b: -0.2, Ea: 2500}]";
const std::string by_lower_pressure =
    "type: pressure-dependent-Arrhenius, rate-constants: [{P: 1.0e-4 atm, A: 2.0e+11, b: 0.3, Ea: 1000}, "
    "{P: 1.0e-3 atm, A: 5.0e+12, b: 0, Ea: 1500}, {P: 1.0e-3 atm, A: -1.0e+11, b: 0.1, Ea: 1200}, "
    "{P: 0.01 atm, A: 8.0e+13, b: -0.2, Ea: 2500}]";
const std::string chebyshev =
    "type: Chebyshev, temperature-range: [300, 2500], pressure-range: [0.01 atm, 100 atm], "
    "data: [[8.2883, -1.1397, -0.12059], [1.9764, 1.0037, 0.0072865], [0.3177, 0.26889, 0.094806], "
    "[-0.031285, -0.039412, 0.04475]]";
const std::string limits =
    "low-P-rate-constant: {A: 1.0e+21, b: -1.2, Ea: 1500}, high-P-rate-constant: {A: 3.0e+13, b: 0.2, Ea: 300}, ";
const std::string activated =
    "type: chemically-activated, low-P-rate-constant: {A: 1.0e+14, b: 0.1, Ea: 900}, "
    "high-P-rate-constant: {A: 2.0e+6, b: 0.5, Ea: -700}";
const std::string sri = "SRI: {A: 0.45, B: 797, C: 979}";
const std::string sri_of_five = "SRI: {A: 0.54, B: 201, C: 1024, D: 1.1, E: 0.02}";
const std::string tsang = "Tsang: {A: 0.95, B: -1.0e-4}";
const std::string troe = "Troe: {A: 0.6, T3: 100, T1: 2000, T2: 4000}";

std::string blowers_masel(const std::string& Ea0, const std::string& w) {
  return "type: Blowers-Masel, rate-constant: {A: 1.0e+12, b: 0.2, Ea0: " + Ea0 + ", w: " + w + "}";
}

/// Entries of a reaction list by the names of reference_rates.py, without their braces.
std::string entry_of(const std::string& name) {
  const std::string join = "equation: 2 A => B, ";
  const std::string join_M = "equation: 2 A (+M) => B (+M), ";
  const std::vector<std::pair<std::string, std::string>> all = {
      {"pressure-dependent-Arrhenius", join + by_pressure},
      {"pressure-dependent-Arrhenius below", join + by_higher_pressure},
      {"pressure-dependent-Arrhenius above", join + by_lower_pressure},
      {"Chebyshev", join + chebyshev},
      {"SRI", join_M + limits + sri},
      {"SRI of five", join_M + "type: falloff-SRI, " + limits + sri_of_five},
      {"Tsang", join_M + "type: falloff, " + limits + tsang},
      {"activated", join_M + activated},
      {"activated Troe", join_M + activated + ", " + troe},
      {"activated SRI", join_M + activated + ", " + sri},
      {"orders",
       join + "orders: {A: 0.25, B: 1.5}, nonreactant-orders: true, rate-constant: {A: 1.0e+9, b: 0, Ea: 1000}"},
      {"negative order",
       "equation: A + B + A => 2 B, orders: {A: 1.3, B: -0.3}, negative-orders: true, "
       "rate-constant: {A: 1.0e+7, b: 0, Ea: 1000}"},
      {"order of another", join + "orders: {C: -0.5}, negative-orders: true, nonreactant-orders: true, "
                                  "rate-constant: {A: 1.0e+7, b: 0, Ea: 1000}"},
      {"collider",
       "equation: 2 A + C => B + C, efficiencies: {C: 2.5}, default-efficiency: 0, "
       "rate-constant: {A: 1.0e+15, b: 0, Ea: 1000}"},
      {"Blowers-Masel exothermic", join + blowers_masel("12000", "2.0e+5")},
      {"Blowers-Masel downhill", join + blowers_masel("40000", "2.0e+5")},
      {"Blowers-Masel uphill", "equation: B => 2 A, " + blowers_masel("30000", "2.0e+5")},
      {"Blowers-Masel endothermic", "equation: B => 2 A, " + blowers_masel("9000", "1.0e+9")},
  };
  for (const auto& [known, entry] : all)
    if (known == name) return entry;
  throw std::logic_error("no entry: " + name);
}

struct Reference {
  const char* name;
  std::array<double, 4> rate;  // of progress at `states` [kmol/m^3/s]
};

/// Printed by reference_rates.py.
const std::vector<Reference>& references() {
  static const std::vector<Reference> all = {
      {"pressure-dependent-Arrhenius",
       {1.723397390006e+03, 1.096536216369e+06, 6.736145600443e+02, 4.653519981435e+05}},
      {"pressure-dependent-Arrhenius below",
       {1.032605091477e+03, 2.323361455823e+05, 4.203368037957e+02, 9.457578085403e+04}},
      {"pressure-dependent-Arrhenius above",
       {5.951556411609e+03, 1.339100192612e+06, 2.605553135241e+03, 5.862494554293e+05}},
      {"Chebyshev", {3.880877851384e+00, 3.005095437021e+02, 5.891699439769e+00, 1.146324637217e+03}},
      {"SRI", {7.080534980548e+02, 1.832127834755e+06, 5.889248651408e+01, 1.690049254809e+05}},
      {"SRI of five", {9.522947467031e+02, 2.782823854687e+06, 7.868230713745e+01, 2.409911923571e+05}},
      {"Tsang", {7.569458212983e+02, 2.271773478228e+06, 6.209477893146e+01, 1.983748782681e+05}},
      {"activated", {1.690558422800e+04, 2.857762479968e+05, 9.076484318684e+03, 1.651289246542e+05}},
      {"activated Troe", {8.693777613737e+03, 2.342050250269e+05, 3.765663143124e+03, 1.225328928579e+05}},
      {"activated SRI", {1.242381625495e+04, 2.575008967071e+05, 5.122693013236e+03, 1.368916639178e+05}},
      {"orders", {3.820198466899e+01, 4.367627877333e+03, 1.502095626570e+01, 1.717343952120e+03}},
      {"negative order", {5.483706861567e+03, 8.225560292351e+04, 3.626255357279e+03, 5.439383035919e+04}},
      {"order of another", {4.076585513245e+00, 2.368282170328e+02, 1.906187913134e+00, 1.107395106346e+02}},
      {"collider", {4.541940450222e+00, 1.532904901950e+04, 7.508714591170e-01, 2.534191174520e+03}},
      {"Blowers-Masel exothermic", {4.574127980873e+03, 1.029178795696e+06, 1.313573321794e+03, 2.955539974036e+05}},
      {"Blowers-Masel downhill", {3.194462572292e+00, 7.187540787658e+02, 4.312250996698e+01, 9.702564742570e+03}},
      {"Blowers-Masel uphill", {7.251536243057e-10, 1.087730436459e-08, 6.006168347353e-01, 9.009252521030e+00}},
      {"Blowers-Masel endothermic", {1.671414567164e-08, 2.507121850747e-07, 2.462104002925e+00, 3.693156004388e+01}},
  };
  return all;
}

TEST(Rates, are_those_of_the_published_formulas) {
  for (const auto& [name, rates] : references()) {
    Kinetics kinetics(with("- {" + entry_of(name) + "}\n"));
    std::vector<double> omega(3);
    for (std::size_t i = 0; i < states.size(); ++i) {
      const auto [T, p] = states[i];
      kinetics.net_production_rates_of(T, concentrations(T, p * atmosphere), omega);
      EXPECT_NEAR(0.5 * std::abs(omega[0]) / rates[i], 1.0, 1e-9) << name << " at " << T << " K, " << p << " atm";
    }
  }
}

/// Two fits and rates that RMG-Py gives for them, both from the tests of Cantera.
TEST(Rates, of_chebyshev_are_those_of_rmg) {
  const Mechanism mechanism = with(R"(
- equation: 2 A => B
  type: Chebyshev
  temperature-range: [300, 2000]
  pressure-range: [0.009869232667160128 atm, 98.69232667160128 atm]
  data:
  - [8.2883, -1.1397, -0.12059, 0.016034]
  - [1.9764, 1.0037, 7.2865e-03, -0.030432]
  - [0.3177, 0.26889, 0.094806, -7.6385e-03]
  - [-0.031285, -0.039412, 0.044375, 0.014458]
- equation: C => 2 B
  type: Chebyshev
  temperature-range: [290, 3000]
  pressure-range: [0.009869232667160128 atm, 98.69232667160128 atm]
  data:
  - [-14.428, 0.25997, -0.022432, -2.787e-03]
  - [22.063, 0.48809, -0.039643, -5.4811e-03]
  - [-0.23294, 0.4019, -0.026073, -5.0486e-03]
  - [-0.29366, 0.28568, -9.3373e-03, -4.0102e-03]
  - [-0.22621, 0.16919, 4.8581e-03, -2.3803e-03]
  - [-0.14322, 0.077111, 0.012708, -6.4154e-04]
)");
  struct Case {
    double T;
    double p;    // [atm]
    double k_2;  // of the first [m^3/kmol/s]
    double k_1;  // of the second [1/s]
  };
  for (const auto& [T, p, k_2, k_1] :
       {Case{1100.0, 20.0, 3.130698657e+06, 1.187949573e+00}, Case{400.0, 0.1, 1.713599902e+05, 9.581780687e-24}}) {
    Kinetics kinetics(mechanism);
    std::vector<double> omega(3);
    const auto C = concentrations(T, p * atmosphere);
    kinetics.net_production_rates_of(T, C, omega);
    EXPECT_NEAR(-0.5 * omega[0] / (C[0] * C[0]) / k_2, 1.0, 1e-8);
    EXPECT_NEAR(-omega[2] / C[2] / k_1, 1.0, 1e-8);
  }
}

TEST(Rates, of_negative_and_empty_limits_are_negative_and_nothing) {
  const auto rate = [](const std::string& low, const std::string& high, const std::string& type) {
    Kinetics kinetics(with("- {equation: 2 A (+M) => B (+M), negative-A: true, type: " + type +
                           ", low-P-rate-constant: [" + low + ", -1.2, 1500], high-P-rate-constant: [" + high +
                           ", 0.2, 300]}\n"));
    std::vector<double> omega(3), omega_T(3), omega_C(9);
    kinetics.net_production_rates_and_derivatives(1200.0, concentrations(1200.0, atmosphere), omega, omega_T,
                                                  omega_C);
    for (const double slope : omega_C) EXPECT_TRUE(std::isfinite(slope));
    return omega[1];
  };
  for (const std::string type : {"falloff", "chemically-activated"}) {
    const double positive = rate("1.0e+21", "3.0e+13", type);
    EXPECT_GT(positive, 0.0);
    EXPECT_NEAR(rate("-1.0e+21", "-3.0e+13", type) / positive, -1.0, 1e-12);
    EXPECT_LT(std::abs(rate("0", "3.0e+13", type)), 1e-60 * positive);
    EXPECT_LT(std::abs(rate("1.0e+21", "0", type)), 1e-60 * positive);
  }
}

/// The reaction both ways where its rate allows it.
std::string reversible(std::string entry) {
  if (entry.find("orders") == std::string::npos) entry.replace(entry.find("=>"), 2, "<=>");
  return entry;
}

TEST(Rates, have_derivatives_that_match_central_differences) {
  for (const auto& reference : references()) {
    const Mechanism mechanism = with("- {" + reversible(entry_of(reference.name)) + "}\n");
    for (const auto& [T, p] : states) {
      SCOPED_TRACE(reference.name);
      testing::expect_derivatives_match_differences(mechanism, T, concentrations(T, p * atmosphere));
    }
  }
}

/// Where a fit ends, and next to where it does.
TEST(Rates, have_derivatives_out_of_the_range_of_their_fits) {
  for (const char* name : {"Chebyshev", "pressure-dependent-Arrhenius"})
    for (const auto& [T, p] : {std::pair{260.0, 1.3}, {3200.0, 1.3}, {900.0, 2e-3}, {900.0, 300.0}, {280.0, 1e-3}}) {
      SCOPED_TRACE(name);
      const Mechanism mechanism = with("- {" + entry_of(name) + "}\n");
      testing::expect_derivatives_match_differences(mechanism, T, concentrations(T, p * atmosphere));
    }
}

TEST(Rates, of_chebyshev_continue_as_an_arrhenius_law_beyond_their_temperatures) {
  Kinetics kinetics(with("- {" + entry_of("Chebyshev") + "}\n"));
  const auto log_k = [&](double inverse_T) {
    std::vector<double> omega(3);
    const std::vector<double> C{50.0, 0.0, 0.0};  // above the highest pressure
    kinetics.net_production_rates_of(1.0 / inverse_T, C, omega);
    return std::log(omega[1]);
  };
  const double end = 1.0 / 300.0;
  const double slope = (log_k(end) - log_k(end - 1e-7)) / 1e-7;
  EXPECT_NEAR(log_k(end + 1e-3) - log_k(end), 1e-3 * slope, 1e-2 * std::abs(1e-3 * slope));
  EXPECT_NEAR(log_k(end + 2e-3) - log_k(end + 1e-3), log_k(end + 1e-3) - log_k(end), 1e-9);
}

TEST(Rates, of_both_directions_balance_in_equilibrium) {
  const double T = 1500.0;
  std::vector<double> cp_R(3), h_RT(3), g_RT(3), omega(3);
  for (const auto& [name, rates] : references()) {
    const std::string entry = reversible(entry_of(name));
    if (entry.find("<=>") == std::string::npos) continue;
    const Mechanism mechanism = with("- {" + entry + "}\n");
    Thermodynamics(mechanism).species_standard(T, std::log(T), cp_R, h_RT, g_RT);
    const double C_A = 1e-4;
    const double C_B = C_A * C_A / (standard_pressure / (gas_constant * T)) * std::exp(2.0 * g_RT[0] - g_RT[1]);
    Kinetics kinetics(mechanism);
    kinetics.net_production_rates_of(T, std::vector<double>{C_A, C_B, 1e-3}, omega);
    const double balanced = omega[0];
    kinetics.net_production_rates_of(T, std::vector<double>{1.01 * C_A, C_B, 1e-3}, omega);
    EXPECT_LT(std::abs(balanced), 1e-10 * std::abs(omega[0])) << name;
  }
}

/// A reaction ends with its reactant, whatever the order, and a nonreactant does not make it infinite.
TEST(Rates, with_orders_below_one_stay_finite_and_end_at_zero) {
  for (const char* name : {"orders", "negative order", "order of another"}) {
    Kinetics kinetics(with("- {" + std::string(entry_of(name)) + "}\n"));
    std::vector<double> omega(3), omega_T(3), omega_C(9);
    for (const double trace : {0.0, 1e-30, 1e-13, -1e-13})
      for (std::size_t species = 0; species < 3; ++species) {
        std::vector<double> C{1e-3, 1e-3, 1e-3};
        C[species] = trace;
        kinetics.net_production_rates_and_derivatives(1200.0, C, omega, omega_T, omega_C);
        for (const double value : omega_C) ASSERT_LT(std::abs(value), 1e30) << name;
        const bool consumed = species == 0 || (species == 1 && std::string(name) == "negative order");
        if (consumed && trace <= 0.0) {
          EXPECT_EQ(omega[0], 0.0) << name;
        }
        if (species == 2) {
          EXPECT_LT(omega[0], 0.0) << name;
        }
      }
  }
}

TEST(Rates, are_below_the_bound_of_cold_gas) {
  for (const auto& reference : references()) {
    const Mechanism mechanism = with("- {" + reversible(entry_of(reference.name)) + "}\n");
    const ColdGas cold(mechanism, 500.0);
    Kinetics kinetics(mechanism);
    std::vector<double> omega(3);
    for (const double T : {250.0, 333.0, 499.0})
      for (const double p : {1e-3, 0.3, 1.0, 20.0, 500.0}) {
        const auto C = concentrations(T, p * atmosphere);
        kinetics.net_production_rates_of(T, C, omega);
        EXPECT_LE(std::abs(omega[0]) * mechanism.species[0].molecular_weight,
                  cold.rate_bound(C) * cold.largest_mass())
            << reference.name << " at " << T << " K, " << p << " atm";
      }
  }
}

TEST(Rates, are_in_the_fingerprint) {
  for (const auto& reference : references()) {
    const Mechanism mechanism = with("- {" + entry_of(reference.name) + "}\n");
    Mechanism other = mechanism;
    Reaction& reaction = other.reactions.front();
    if (!reaction.by_pressure.empty()) reaction.by_pressure.back().terms.back().b += 1e-12;
    if (reaction.chebyshev) reaction.chebyshev->coefficients.back() += 1e-12;
    if (reaction.sri) reaction.sri->e += 1e-12;
    if (reaction.tsang) reaction.tsang->b += 1e-12;
    if (reaction.blowers_masel) reaction.blowers_masel->intrinsic += 1e-6;
    if (!reaction.orders.empty()) reaction.orders.back().coefficient += 1e-12;
    const std::string name = reference.name;
    const bool changed = name != "activated" && name != "activated Troe" && name != "collider";
    EXPECT_EQ(mechanism.fingerprint() != other.fingerprint(), changed) << name;
  }
}

}  // namespace
}  // namespace bimetal::chemistry
