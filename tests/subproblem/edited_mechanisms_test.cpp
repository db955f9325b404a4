// The shipped hydrogen mechanism as other files might have it.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "chemistry/thermodynamics.hpp"
#include "jacobian_check.hpp"
#include "reactor_rows.hpp"

namespace bimetal::subproblem {
namespace {

using chemistry::Mechanism;

struct Edit {
  std::string piece;
  std::string other;
};

std::string text_of(const std::string& name) {
  std::ifstream file(std::string(BIMETAL_SOURCE_DIR) + "/inputs/mechanisms/" + name + ".yaml");
  std::ostringstream stream;
  stream << file.rdbuf();
  return stream.str();
}

/// The hydrogen mechanism with pieces of its file replaced, each where it first appears.
Mechanism edited(const std::vector<Edit>& edits) {
  std::string text = text_of("h2_burke2012");
  for (const auto& [piece, other] : edits) {
    const auto at = text.find(piece);
    if (at == std::string::npos) throw std::logic_error("the test replaces what is not there: " + piece);
    text.replace(at, piece.size(), other);
  }
  return chemistry::parse_mechanism(text, "edited.yaml");
}

IgnitionResult ignite_at_950_K(const Mechanism& mechanism) {
  return ignite(mechanism, 950.0, 101325.0, chemistry::fuel_air_mixture(mechanism, "H2", 1.0));
}

const std::string hydroperoxyl =
    "- equation: HO2 + O <=> O2 + OH\n  rate-constant: {A: 2.85e+10, b: 1.0, Ea: -723.93}";
const std::string constant = "- equation: HO2 + O <=> O2 + OH\n  rate-constant: ";

TEST(EditedMechanisms, ignite_as_an_independent_integrator_says) {
  struct Case {
    const char* name;
    std::vector<Edit> edits;
    double delay;  // BDF and Radau at rtol 1e-8 [s]
    double T;      // final [K]; 0: not known
  };
  const std::vector<Case> table = {
      {"type names the rate", {{"type: three-body\n", "type: three-body-Arrhenius\n"}}, 7.68645e-4, 0.0},
      {"map without Ea", {{hydroperoxyl, constant + "{A: 1.0e+13, b: 0.0}"}}, 7.60535e-4, 0.0},
      {"list without Ea", {{hydroperoxyl, constant + "[1.0e+13, 0.0]"}}, 7.60535e-4, 0.0},
      {"duplicate: TRUE", {{"duplicate: true", "duplicate: TRUE"}}, 7.68645e-4, 0.0},
      {"opposite one-way reactions",
       {{"- equation: HO2 + OH <=> H2O + O2\n",
         "- equation: H2O + O2 => HO2 + OH\n  duplicate: true\n  rate-constant: {A: 1.0e+14, b: 0.0, Ea: 70000.0}\n"
         "- equation: HO2 + OH => H2O + O2\n  duplicate: true\n"}},
       7.68645e-4,
       2675.73},
      {"M beside a collider",
       {{"- equation: H2O + M <=> H + OH + M\n", "- equation: H2O + M <=> H + OH + M\n  duplicate: true\n"},
        {"- equation: H2O + H2O <=> H + OH + H2O\n", "- equation: H2O + H2O <=> H + OH + H2O\n  duplicate: true\n"}},
       7.68645e-4,
       2672.99},
  };
  for (const auto& [name, edits, delay, T] : table) {
    const auto result = ignite_at_950_K(edited(edits));
    EXPECT_NEAR(result.delay.value_or(0.0) / delay, 1.0, 2e-3) << name;
    if (T > 0.0) {
      EXPECT_NEAR(result.final_temperature, T, 0.05) << name;
    }
  }
}

const std::string branching = "- equation: H + O2 <=> O + OH\n  rate-constant: {A: 1.04e+14, b: 0.0, Ea: 15286.0}";

/// What another form of rate must not change.
TEST(EditedMechanisms, ignite_alike_whatever_form_the_same_rates_have) {
  const double delay = ignite_at_950_K(*testing::hydrogen()).delay.value();
  const std::vector<std::vector<Edit>> table = {
      {{branching,
        "- equation: H + O2 <=> O + OH\n  type: pressure-dependent-Arrhenius\n  rate-constants:\n"
        "  - {P: 0.01 atm, A: 1.04e+13, b: 0.0, Ea: 15286.0}\n  - {P: 100 atm, A: 1.04e+15, b: 0.0, Ea: 15286.0}"}},
      {{branching,
        "- equation: H + O2 <=> O + OH\n  type: Chebyshev\n  temperature-range: [300, 3000]\n"
        "  pressure-range: [0.01 atm, 100 atm]\n"
        // log10 k = log10 A - E / (R ln 10) / T with 1/T = 0.5 (1/300 + 1/3000) + 0.5 (1/3000 - 1/300) x
        "  data: [[7.892442335, 0], [5.011029003, 0]]"}},
      {{hydroperoxyl, constant + "{A: 2.85e+10, b: 1.0, Ea: -723.93}\n  orders: {}"}},
  };
  for (const auto& edits : table) EXPECT_NEAR(ignite_at_950_K(edited(edits)).delay.value_or(0.0) / delay, 1.0, 1e-5);
}

/// The global step of Westbrook & Dryer, Combust. Sci. Technol. 27 (1981) 31, whose rate grows without bound as the
/// fuel ends, and two with an order of zero and one below one.
TEST(EditedMechanisms, burn_to_the_end_whatever_the_orders) {
  const std::string methane = text_of("ch4_gri30_21");
  for (const std::string orders : {"{CH4: -0.3, O2: 1.3}", "{CH4: 0, O2: 1}", "{CH4: 0.2, O2: 0.8}"}) {
    const Mechanism mechanism = chemistry::parse_mechanism(
        methane.substr(0, methane.find("\nreactions:")) +
            "\nreactions:\n- equation: CH4 + 2 O2 => CO2 + 2 H2O\n  rate-constant: {A: 1.3e+8, b: 0, Ea: 48400}\n"
            "  negative-orders: true\n  orders: " +
            orders,
        "global.yaml");
    for (const double phi : {0.6, 1.0, 1.5}) {
      const auto result = ignite(mechanism, 1600.0, 101325.0, chemistry::fuel_air_mixture(mechanism, "CH4", phi));
      EXPECT_GT(result.final_temperature, 2700.0) << orders << ", phi " << phi;
      EXPECT_LT(result.end_time, 1.0) << orders << ", phi " << phi;
    }
  }
}

/// Rates of every form, on the way from cold to burnt gas, at constant pressure and at constant volume.
TEST(EditedMechanisms, have_a_jacobian_that_matches_central_differences) {
  const Mechanism mechanism = edited({
      {branching,
       "- equation: H + O2 <=> O + OH\n  type: pressure-dependent-Arrhenius\n  rate-constants:\n"
       "  - {P: 0.3 atm, A: 1.04e+13, b: 0.1, Ea: 15286.0}\n  - {P: 7 atm, A: 1.04e+15, b: 0.0, Ea: 14286.0}\n"
       "  - {P: 7 atm, A: 1.0e+12, b: 0.0, Ea: 9000.0}"},
      {hydroperoxyl,
       "- equation: HO2 + O <=> O2 + OH\n  type: Chebyshev\n  temperature-range: [300, 3000]\n"
       "  pressure-range: [0.01 atm, 100 atm]\n"
       "  data: [[12.2883, -0.1397, -0.12059], [0.5764, 0.4037, 0.0072865], [0.1177, 0.06889, 0.094806]]"},
      {"Troe: {A: 0.5, T3: 1.0e-30, T1: 1.0e+30}", "SRI: {A: 0.45, B: 797, C: 979, D: 1.1, E: 0.02}"},
      {"- equation: HO2 + OH <=> H2O + O2\n  rate-constant: {A: 2.89e+13, b: 0.0, Ea: -497.0}",
       "- equation: HO2 + OH <=> H2O + O2\n  type: Blowers-Masel\n"
       "  rate-constant: {A: 2.89e+13, b: 0.0, Ea0: 50000, w: 2.0e+5}\n"
       "- equation: H2 + O2 => 2 OH\n  orders: {H2: 0.25, O2: 1.5, N2: -0.5}\n  negative-orders: true\n"
       "  nonreactant-orders: true\n  rate-constant: {A: 1.0e+11, b: 0.0, Ea: 30000.0}\n"
       "- equation: H + HO2 (+M) <=> 2 OH (+M)\n  type: chemically-activated\n"
       "  low-P-rate-constant: [1.0e+13, 0.1, 900]\n  high-P-rate-constant: [2.0e+6, 0.5, -700]\n"
       "  Tsang: {A: 0.95, B: -1.0e-4}"},
  });
  const auto pointer = std::make_shared<const Mechanism>(mechanism);
  const testing::Case one{pointer, "H2", 1200.0, 100};
  ReactorSolver solver(testing::make_reactor(one));
  const auto rows = testing::ignition_rows(one, solver);
  for (std::int64_t row : {std::int64_t{5}, std::int64_t{50}, std::int64_t{100}}) {
    const auto state = rows[row];
    const std::vector<double> y(state.begin(), state.end());
    for (auto [constraint, held] :
         {std::pair{Constraint::constant_pressure, 101325.0}, std::pair{Constraint::constant_pressure, 2e6},
          std::pair{Constraint::constant_volume, 0.2}}) {
      ReactorEquations equations(mechanism, constraint, held);
      testing::expect_jacobian_matches_differences(equations, y);
    }
  }
}

}  // namespace
}  // namespace bimetal::subproblem
