#include "chemistry/reaction_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "small_gas.hpp"

namespace bimetal::chemistry {
namespace {

using testing::expect_refused;
using testing::with_reactions;

TEST(ReactionReader, understands_the_ways_to_write_a_third_body) {
  const auto mechanism = parse_mechanism(with_reactions(R"(
- {equation: H + H + M <=> H2 + M, rate-constant: {A: 1.0e+16, b: 0, Ea: 0}, efficiencies: {AR: 0.5}}
- {equation: H + H + AR <=> H2 + AR, duplicate: true, type: three-body, rate-constant: {A: 1.0e+16, b: 0, Ea: 0}}
- {equation: H + H + AR <=> H2 + AR, duplicate: true, rate-constant: {A: 1.0e+16, b: 0, Ea: 0}}
- equation: H + H (+ AR) <=> H2 (+ AR)
  type: falloff
  low-P-rate-constant: {A: 1.0e+16, b: 0, Ea: 0}
  high-P-rate-constant: {A: 1.0e+13, b: 0, Ea: 0}
)"),
                                         "file.yaml");
  ASSERT_EQ(mechanism.n_reactions(), 4u);
  EXPECT_EQ(mechanism.reactions[0].kind, ReactionKind::three_body);
  EXPECT_EQ(mechanism.reactions[1].kind, ReactionKind::elementary);
  EXPECT_EQ(mechanism.reactions[2].kind, ReactionKind::elementary);
  EXPECT_EQ(mechanism.reactions[2].rate.A, mechanism.reactions[1].rate.A);
  EXPECT_EQ(mechanism.reactions[3].default_efficiency, 0.0);
  ASSERT_EQ(mechanism.reactions[3].efficiencies.size(), 1u);
  EXPECT_EQ(mechanism.reactions[3].efficiencies[0].species, mechanism.require_species("AR"));
}

/// Every kind of reaction the format knows and this program does not, written as in the format's reference.
TEST(ReactionReader, refuses_reactions_it_does_not_support_by_line_and_equation) {
  const std::string rate = "rate-constant: {A: 1, b: 0, Ea: 0}";
  struct Case {
    std::string equation;
    std::string keys;
    std::string reason;
  };
  const std::vector<Case> table = {
      {"H + H <=> H2", "type: two-temperature-plasma, rate-constant: {A: 1, b: 0, Ea-gas: 0, Ea-electron: 0}",
       "\"two-temperature-plasma\" is not supported"},
      {"H + H <=> H2", "type: electron-collision-plasma, energy-levels: [0, 1], cross-sections: [0, 1]",
       "\"electron-collision-plasma\" is not supported"},
      {"H + H <=> H2", "energy-levels: [0, 1], cross-sections: [0, 1]", "\"energy-levels\" is not supported"},
      {"H + H <=> H2", "type: linear-Burke, colliders: []", "\"linear-Burke\" is not supported"},
      {"H + H <=> H2", "type: interface-Arrhenius, " + rate, "\"interface-Arrhenius\" is not supported"},
      {"H + H <=> H2", "type: sticking-Arrhenius, sticking-coefficient: {A: 1, b: 0, Ea: 0}",
       "\"sticking-Arrhenius\" is not supported"},
      {"H + H <=> H2", "type: interface-Blowers-Masel, " + rate, "\"interface-Blowers-Masel\" is not supported"},
      {"H + H <=> H2", "type: electrochemical, " + rate, "\"electrochemical\" is not supported"},
      {"H + H <=> H2", "type: three-body-falloff, " + rate, "\"three-body-falloff\" is not supported"},
      {"H + H <=> H2", "sticking-coefficient: {A: 1, b: 0, Ea: 0}", "\"sticking-coefficient\" is not supported"},
      {"H + H <=> H2", "Motz-Wise: true, " + rate, "\"Motz-Wise\" is not supported"},
      {"H + H <=> H2", "beta: 0.5, " + rate, "\"beta\" is not supported"},
      {"H + H <=> H2", "rate-constant: {A: 1, b: 0, Ea: 0, Ea-electron: 5}", "unknown key \"Ea-electron\""},
      {"H + H <=> H2", "rate-constant: [1, 0, 0, 0]", "a rate constant is A, b, Ea"},
      {"H + H <=> H2", "coverage-dependencies: {H: {a: 1, m: 0, E: 0}}, " + rate,
       "\"coverage-dependencies\" is not supported"},
  };
  for (const auto& [equation, keys, reason] : table) {
    const std::string text = with_reactions("- {equation: " + equation + ", " + keys + "}");
    expect_refused(text, reason, 20);
    expect_refused(text, "reaction \"" + equation + "\"", 20);
  }
}

TEST(ReactionReader, refuses_a_reaction_that_is_there_twice_by_mistake) {
  const std::string rate = ", rate-constant: {A: 1, b: 0, Ea: 0}";
  const auto pair = [&](const std::string& first, const std::string& second) {
    return with_reactions("- {equation: " + first + rate + "}\n- {equation: " + second + rate + "}\n");
  };
  const std::string declared = ", duplicate: true";
  expect_refused(pair("H + H <=> H2", "H + H <=> H2"), "reaction \"H + H <=> H2\" is also on line 21", 20);
  expect_refused(pair("H + H <=> H2" + declared, "H + H <=> H2"), "is also on line 20", 21);
  expect_refused(pair("H + H <=> H2", "H2 <=> 2 H"), "is also on line 21", 20);
  expect_refused(pair("H + H => H2", "H2 <=> 2 H"), "is also on line 21", 20);
  expect_refused(pair("H2 + H + H <=> H2 + H2", "H + H2 + H <=> 2 H2"), "is also on line 21", 20);
  expect_refused(pair("H + H + M <=> H2 + M", "H + H + M <=> H2 + M, efficiencies: {AR: 0}"), "is also on line 21",
                 20);
  expect_refused(pair("H + H <=> H2" + declared, "H2 + O2 <=> O2 + H2"), "declared a duplicate", 20);
  const std::string only_argon = ", default-efficiency: 0, efficiencies: {AR: 1}";
  for (const auto& fine : {pair("H + H => H2", "H2 => H + H"), pair("H + H <=> H2", "H + H + M <=> H2 + M"),
                           pair("H + H + M <=> H2 + M, efficiencies: {AR: 0}", "H + H + M <=> H2 + M" + only_argon),
                           pair("H + H <=> H2" + declared, "H2 <=> H + H" + declared)})
    EXPECT_NO_THROW(parse_mechanism(fine, "file.yaml")) << fine;
}

/// Reactions whose rate is no single Arrhenius expression: numbers that contradict each other or make no rate.
TEST(ReactionReader, says_what_is_wrong_with_a_special_rate) {
  const std::string plog = "type: pressure-dependent-Arrhenius, rate-constants: ";
  const std::string one = "{P: 1 atm, A: 1, b: 0, Ea: 0}";
  const std::string ranges = "type: Chebyshev, temperature-range: [300, 2000], pressure-range: [1 atm, 9 atm], ";
  const std::string data = "data: [[1, 2], [3, 4]]";
  const std::string masel = "type: Blowers-Masel, rate-constant: ";
  const std::string limits = "low-P-rate-constant: [1, 0, 0], high-P-rate-constant: [1, 0, 0]";
  const std::string rate = "rate-constant: [1, 0, 0]";
  struct Case {
    std::string equation;
    std::string keys;
    std::string reason;
  };
  const std::string join = "H + H <=> H2";
  const std::string one_way = "H + H => H2";
  const std::string join_M = "H + H (+M) <=> H2 (+M)";
  const std::vector<Case> table = {
      {join, plog + "[]", "list of rate constants is empty"},
      {join, plog + one, "expected a list"},
      {join, plog + "[{A: 1, b: 0, Ea: 0}]", "\"P\" is missing"},
      {join, plog + "[[1 atm, 1, 0, 0]]", "expected keys"},
      {join, plog + "[{P: 0, A: 1, b: 0, Ea: 0}]", "must be positive"},
      {join, plog + "[{P: 1 m, A: 1, b: 0, Ea: 0}]", "has not the dimensions of pressure"},
      {join, plog + "[{P: 1 atm, A: 1, b: 0, Ea: 0, w: 1}]", "unknown key \"w\""},
      {join, plog + "[{P: 1 atm, A: 0, b: 0, Ea: 0}]", "is not positive, and has no logarithm"},
      {join, plog + "[" + one + ", {P: 1 atm, A: -1, b: 0, Ea: -5}]", "is not positive, and has no logarithm"},
      {join, plog + "[" + one + "], " + rate, "has no \"rate-constant\""},
      {"H + H + M <=> H2 + M", plog + "[" + one + "]", "remove the third body"},
      {join_M, plog + "[" + one + "]", "remove the third body"},
      {join, "rate-constants: [" + one + "]", "has no \"rate-constants\""},
      {join, plog + "[" + one + "], efficiencies: {AR: 2}", "no third body M"},
      {join, "type: Chebyshev, pressure-range: [1, 9], " + data, "\"temperature-range\" is missing"},
      {join, "type: Chebyshev, temperature-range: [300, 2000], " + data, "\"pressure-range\" is missing"},
      {join, ranges, "\"data\" is missing"},
      {join, ranges + "data: []", "0 rows of 0 numbers"},
      {join, ranges + "data: [[]]", "has 0 numbers"},
      {join, ranges + "data: [[1, 2], [3]]", "has 1 numbers, the first one 2"},
      {join, ranges + "data: [[1, x]]", "\"x\" is not a finite number"},
      {join, ranges + "data: [[1000]]", "the rate constant at 300 K"},
      {join, "type: Chebyshev, temperature-range: [2000, 300], pressure-range: [1, 9], " + data, "to a larger one"},
      {join, "type: Chebyshev, temperature-range: [300], pressure-range: [1, 9], " + data, "list of two"},
      {join, "type: Chebyshev, temperature-range: [300, 2000], pressure-range: [0, 9], " + data, "must be positive"},
      {"H + H + M <=> H2 + M", ranges + data, "remove the third body"},
      {join_M, ranges + data + ", efficiencies: {AR: 2}", "no third body M"},
      {join, "data: [[1, 2]], " + rate, "has no \"data\""},
      {join, masel + "{A: 1, b: 0, Ea0: 5}", "\"w\" is missing"},
      {join, masel + "[1, 0, 5]", "\"w\" is missing"},
      {join, masel + "{A: 1, b: 0, Ea: 5, w: 9}", "unknown key \"Ea\""},
      {join, masel + "{A: 1, b: 0, Ea0: -5, w: 9}", "intrinsic activation energy"},
      {join, masel + "{A: 1, b: 0, Ea0: 9, w: 9}", "bond energy"},
      {join, masel + "{A: -1, b: 0, Ea0: 5, w: 9}", "negative-A"},
      {join_M, limits + ", SRI: {A: 1, B: 1, C: -1}", "C = -1 is negative"},
      {join_M, limits + ", SRI: {A: 1, B: 1, C: 1, D: 0}", "D = 0 is not positive"},
      {join_M, limits + ", SRI: {A: 1, B: 1, C: 1, E: 90}", "broadening F"},
      {join_M, limits + ", SRI: {A: 1, B: 1}", "\"C\" is missing"},
      {join_M, limits + ", SRI: [1, 1, 1]", "expected keys"},
      {join_M, limits + ", Tsang: {A: 1, C: 1}", "unknown key \"C\""},
      {join_M, limits + ", Tsang: {A: 1, B: 1.0e+20}", "broadening F_cent"},
      {join_M, limits + ", Tsang: {A: 1}, SRI: {A: 1, B: 1, C: 1}", "more than one of Troe, SRI and Tsang"},
      {join_M, limits + ", type: falloff-Troe", "its type says Troe, its numbers say Lindemann"},
      {join_M, limits + ", type: falloff-Lindemann, Tsang: {A: 1}", "its type says Lindemann, its numbers say Tsang"},
      {join_M, "low-P-rate-constant: [-1, 0, 0], high-P-rate-constant: [1, 0, 0], negative-A: true",
       "different signs"},
      {join, "type: chemically-activated, " + limits, "needs (+M)"},
      {join_M, "type: chemically-activated, " + rate, "has no \"rate-constant\""},
      {join_M, "type: chemically-activated, low-P-rate-constant: [1, 0, 0]", "\"high-P-rate-constant\" is missing"},
      {join, "orders: {H: 1}, " + rate, "the reaction is reversible"},
      {one_way, "orders: {H: -1}, " + rate, "negative-orders: true"},
      {one_way, "orders: {AR: 1}, " + rate, "nonreactant-orders: true"},
      {one_way, "orders: {XE: 1}, " + rate, "\"XE\" is not declared"},
      {one_way, "orders: {H: 11}, " + rate, "beyond 10"},
      {one_way, "orders: {H: x}, " + rate, "\"x\" is not a finite number"},
      {one_way, "orders: [1], " + rate, "expected keys"},
      {one_way, "orders: {H: 1.5}, rate-constant: {A: 1 cm^3/mol/s, b: 0, Ea: 0}", "dimensions"},
      {join, "reversible: false, " + rate, "the arrow of the equation says otherwise"},
      {join, "default-efficiency: 0, " + rate, "no third body M"},
      {"H + H + AR <=> H2 + AR", "efficiencies: {H: 2}, " + rate, "with the third body AR written out"},
      {"H + H + AR <=> H2 + AR", "default-efficiency: 1, " + rate, "with the third body AR written out"},
      {"H + H (+AR) <=> H2 (+AR)", "efficiencies: {H: 2}, " + limits, "with the third body AR written out"},
      {"H + H + AR <=> H2 + AR", "type: elementary, efficiencies: {AR: 2}, " + rate, "no third body M"},
      {"H + H <=> H2", "type: three-body-Chebyshev, " + data, "needs M"},
  };
  for (const auto& [equation, keys, reason] : table)
    expect_refused(with_reactions("- {equation: " + equation + ", " + keys + "}"), reason, 20);
}

TEST(ReactionReader, knows_the_types_that_name_rate_and_third_body) {
  const std::string rate = ", rate-constant: [1.0e+16, 0]";
  const std::string limits = ", low-P-rate-constant: [1.0e+16, 0], high-P-rate-constant: [1.0e+13, 0]";
  const std::string data = ", temperature-range: [300, 2000], pressure-range: [1 atm, 9 atm], data: [[1, 2], [3, 4]]";
  const auto kind_of = [](const std::string& entry) {
    return parse_mechanism(with_reactions("- {equation: " + entry + "}"), "file.yaml").reactions.front().kind;
  };
  for (const std::string type : {"three-body", "three-body-Arrhenius", "three-body-elementary", "Arrhenius"})
    EXPECT_EQ(kind_of("H + H + M <=> H2 + M, type: " + type + rate), ReactionKind::three_body) << type;
  for (const std::string type : {"elementary", "Arrhenius"})
    EXPECT_EQ(kind_of("H + H <=> H2, type: " + type + rate), ReactionKind::elementary) << type;
  for (const std::string type : {"falloff", "falloff-Lindemann", "Lindemann"})
    EXPECT_EQ(kind_of("H + H (+M) <=> H2 (+M), type: " + type + limits), ReactionKind::falloff) << type;
  for (const std::string type : {"falloff-Troe", "Troe"})
    EXPECT_EQ(kind_of("H + H (+M) <=> H2 (+M), Troe: {A: 1, T3: 1, T1: 1}, type: " + type + limits),
              ReactionKind::falloff)
        << type;
  for (const std::string type : {"chemically-activated", "chemically-activated-Lindemann"})
    EXPECT_EQ(kind_of("H + H (+M) <=> H2 (+M), type: " + type + limits), ReactionKind::chemically_activated) << type;
  EXPECT_EQ(kind_of("H + H (+M) <=> H2 (+M), type: Chebyshev" + data), ReactionKind::elementary);
  EXPECT_EQ(kind_of("H + H + AR <=> H2 + AR, type: three-body-Chebyshev" + data), ReactionKind::elementary);
  EXPECT_EQ(kind_of("H + H + M <=> H2 + M, type: three-body-Blowers-Masel, rate-constant: [1, 0, 5, 9]"),
            ReactionKind::three_body);
}

TEST(ReactionReader, takes_a_missing_activation_energy_as_none) {
  const std::string reaction = "- {equation: H + H <=> H2, rate-constant: ";
  const auto rate = [&](const std::string& constant) {
    return parse_mechanism(with_reactions(reaction + constant + "}"), "file.yaml").reactions.front().rate;
  };
  for (const auto& one : {rate("{A: 5, b: 0.5}"), rate("[5, 0.5]"), rate("{A: 5, b: 0.5, Ea: 0}")}) {
    EXPECT_EQ(one.b, 0.5);
    EXPECT_EQ(one.T_activation, 0.0);
  }
}

TEST(ReactionReader, reads_pressures_in_the_unit_of_the_file) {
  const auto read = [](const std::string& entry) {
    return parse_mechanism(with_reactions("- {equation: H + H <=> H2, " + entry + "}"), "file.yaml")
        .reactions.front();
  };
  const std::string constant = ", A: 1, b: 0}";
  const auto plog = read("units: {pressure: atm}, type: pressure-dependent-Arrhenius, rate-constants: [{P: 2" +
                         constant + ", {P: 1" + constant + ", {P: 1.01325 bar" + constant + "]");
  ASSERT_EQ(plog.by_pressure.size(), 2u);
  EXPECT_EQ(plog.by_pressure[0].p, 101325.0);
  EXPECT_EQ(plog.by_pressure[0].terms.size(), 2u);
  EXPECT_EQ(plog.by_pressure[1].p, 202650.0);
  const auto chebyshev = read(
      "units: {pressure: bar}, type: Chebyshev, temperature-range: [300 K, 2000], "
      "pressure-range: [1, 2 atm], data: [[1, 2, 3], [4, 5, 6]]");
  ASSERT_TRUE(chebyshev.chebyshev);
  EXPECT_EQ(chebyshev.chebyshev->p_min, 1e5);
  EXPECT_EQ(chebyshev.chebyshev->p_max, 202650.0);
  EXPECT_EQ(chebyshev.chebyshev->n_T, 2u);
  EXPECT_EQ(chebyshev.chebyshev->n_p, 3u);
}

TEST(ReactionReader, gives_a_written_third_body_its_efficiency) {
  const std::string rate = "rate-constant: [1.0e+16, 0, 0]";
  const auto read = [&](const std::string& entry) {
    return parse_mechanism(with_reactions("- {equation: " + entry + ", " + rate + "}"), "file.yaml")
        .reactions.front();
  };
  EXPECT_EQ(read("H + H + AR <=> H2 + AR, efficiencies: {AR: 1}").kind, ReactionKind::elementary);
  EXPECT_EQ(read("H + H + AR <=> H2 + AR, default-efficiency: 0").kind, ReactionKind::elementary);
  for (const auto& reaction : {read("H + H + AR <=> H2 + AR, efficiencies: {AR: 2}"),
                               read("H + H + M <=> H2 + M, efficiencies: {AR: 2}, default-efficiency: 0")}) {
    EXPECT_EQ(reaction.kind, ReactionKind::three_body);
    EXPECT_EQ(reaction.reactants.size(), 1u);
    EXPECT_EQ(reaction.default_efficiency, 0.0);
    ASSERT_EQ(reaction.efficiencies.size(), 1u);
    EXPECT_EQ(reaction.efficiencies[0].value, 2.0);
  }
  // Two species are on both sides; the efficiencies say which is meant.
  EXPECT_EQ(read("H + H + AR + O2 <=> H2 + AR + O2, efficiencies: {AR: 2}").efficiencies[0].species, 3u);
}

TEST(ReactionReader, lets_what_changes_no_rate_pass) {
  for (const std::string note :
       {"note: [a, b]", "comment: {by: me}", "id: R1", "rate-units: cm^3/mol/s", "references: [a, b]", "rank: 3",
        "uncertainty: {factor: 2}", "date: 2024-01-01", "reversible: true", "negative-orders: true",
        "nonreactant-orders: false", "orders: {}", "duplicate: FALSE", "doi: 10.1000/1"})
    EXPECT_NO_THROW(parse_mechanism(
        with_reactions("- {equation: H + H <=> H2, rate-constant: [1, 0, 0], " + note + "}"), "file.yaml"))
        << note;
}

/// As files have it that were made from others: the flag is superfluous, and the rates are what they are without it.
TEST(ReactionReader, accepts_superfluous_duplicates_that_have_a_partner) {
  const std::string rate = ", rate-constant: [1, 0, 0]";
  const auto pair = [&](const std::string& first, const std::string& second) {
    return with_reactions("- {equation: " + first + rate + ", duplicate: TRUE}\n- {equation: " + second + rate +
                          ", duplicate: True}\n");
  };
  for (const auto& [first, second] : {std::pair<std::string, std::string>{"H + H => H2", "H2 => H + H"},
                                      {"H2 + M <=> 2 H + M, efficiencies: {AR: 0}", "H2 + AR <=> 2 H + AR"},
                                      {"H2 + M <=> 2 H + M", "H2 <=> 2 H"},
                                      {"H2 + H2 <=> 2 H + H2", "H2 + AR <=> 2 H + AR"}})
    EXPECT_NO_THROW(parse_mechanism(pair(first, second), "file.yaml")) << first << ", " << second;
  expect_refused(pair("H + H => H2", "O2 + AR => O2 + AR"), "is declared a duplicate, but no other", 20);
  expect_refused(with_reactions("- {equation: H + H => H2, duplicate: true" + rate + "}\n- {equation: H2 => H + H" +
                                rate + "}\n"),
                 "is declared a duplicate, but no other", 20);
}

TEST(ReactionReader, tells_duplicates_by_the_form_of_their_rates) {
  const std::string plog =
      "- {equation: H + H <=> H2, type: pressure-dependent-Arrhenius, rate-constants: "
      "[{P: 1 atm, A: 1, b: 0, Ea: 0}]}\n";
  const std::string plain = "- {equation: H + H <=> H2, rate-constant: [1, 0, 0]}\n";
  EXPECT_NO_THROW(parse_mechanism(with_reactions(plog + plain), "file.yaml"));
  expect_refused(with_reactions(plog + plog), "is also on line 21", 20);
}

}  // namespace
}  // namespace bimetal::chemistry
