#include "chemistry/mechanism_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "../support/yaml_mutations.hpp"
#include "core/error.hpp"
#include "reference_states.hpp"
#include "small_gas.hpp"

namespace bimetal::chemistry {
namespace {

using testing::expect_refused;
using testing::head;
using testing::hydrogen;
using testing::mechanism_path;
using testing::methane;
using testing::replaced;
using testing::small_mechanism;
using testing::with;
using testing::with_reactions;

TEST(MechanismReader, loads_the_shipped_mechanisms) {
  EXPECT_EQ(hydrogen().n_species(), 9u);
  EXPECT_EQ(hydrogen().n_reactions(), 23u);
  EXPECT_EQ(hydrogen().name, "h2_burke2012");
  EXPECT_EQ(methane().n_species(), 21u);
  EXPECT_EQ(methane().n_reactions(), 107u);
  for (const auto* mechanism : {&hydrogen(), &methane()})
    for (const auto& species : mechanism->species) EXPECT_TRUE(species.transport.has_value()) << species.name;
  EXPECT_EQ(hydrogen().species[hydrogen().require_species("H2O")].transport->dipole, 1.844);
}

TEST(MechanismReader, converts_rates_to_kmol_and_metres) {
  const auto& branching = hydrogen().reactions.front();  // H + O2 <=> O + OH, 1.04e14 cm^3/mol/s, 15286 cal/mol
  EXPECT_NEAR(branching.rate.A, 1.04e11, 1.0);
  EXPECT_NEAR(branching.rate.T_activation, 15286.0 * 4184.0 / gas_constant, 1e-9);
  const auto& falloff = hydrogen().reactions[10];  // H + O2 (+M): 4.65084e12 cm^3/mol/s, 6.366e20 cm^6/mol^2/s
  EXPECT_EQ(falloff.kind, ReactionKind::falloff);
  EXPECT_NEAR(falloff.rate.A / 4.65084e9, 1.0, 1e-14);
  EXPECT_NEAR(falloff.low_pressure.A / 6.366e14, 1.0, 1e-14);
  const auto& recombination = hydrogen().reactions[7];  // H + O + M: 4.714e18 cm^6/mol^2/s
  EXPECT_EQ(recombination.kind, ReactionKind::three_body);
  EXPECT_NEAR(recombination.rate.A / 4.714e12, 1.0, 1e-14);
}

TEST(MechanismReader, takes_units_with_the_numbers) {
  const auto mechanism = parse_mechanism(with_reactions(R"(
- {equation: H + H <=> H2, duplicate: true, rate-constant: {A: 1.0e+10 cm^3/mol/s, b: 0, Ea: 10 kcal/mol}}
- {equation: H + H <=> H2, duplicate: true, rate-constant: {A: 1.0e+7 m^3*kmol^-1*s^-1, b: 0, Ea: 41.84 kJ/mol}}
- {equation: H + H <=> H2, duplicate: true, units: {length: m, quantity: kmol, activation-energy: K}, rate-constant: [1.0e+7, 0, 5032.195]}
- {equation: H + H <=> H2, duplicate: true, rate-constant: {A: 1.6605390671738466e-14 cm^3/molec/s, b: 0, Ea: 0.4336411 eV}}
)"),
                                         "file.yaml");
  for (const auto& reaction : mechanism.reactions) {
    EXPECT_NEAR(reaction.rate.A, 1e7, 1e-6);
    EXPECT_NEAR(reaction.rate.T_activation, 5032.195, 1e-2);
  }
}

TEST(MechanismReader, selects_species_and_reactions_as_the_phase_says) {
  const std::string reactions =
      "- {equation: H + H <=> H2, rate-constant: {A: 1, b: 0, Ea: 0}}\n"
      "- {equation: H + H + M <=> H2 + M, rate-constant: {A: 1, b: 0, Ea: 0}, efficiencies: {AR: 0.5}}\n"
      "- {equation: O2 + AR <=> O2 + AR, rate-constant: {A: 1, b: 0, Ea: 0}}\n"
      "- {equation: 2 H2 => 2 H + H2, rate-constant: {A: 1, b: 0, Ea: 0}, orders: {AR: 0.5}, nonreactant-orders: "
      "true}\n";
  std::string text = with_reactions(reactions);
  const std::string all = "  species: [H, H2, O2, AR]\n";
  const auto change = [&](const std::string& other) {
    std::string changed = text;
    return changed.replace(changed.find(all), all.size(), other);
  };
  EXPECT_EQ(parse_mechanism(change("  species: all\n"), "f").n_species(), 4u);
  EXPECT_EQ(parse_mechanism(change("  species: all\n  reactions: none\n"), "f").n_reactions(), 0u);
  EXPECT_EQ(parse_mechanism(change("  species:\n  - species: [H, H2, AR]\n  reactions: declared-species\n"), "f")
                .n_reactions(),
            3u);
  EXPECT_EQ(parse_mechanism(change("  species: [H, H2]\n  reactions: declared-species\n"
                                   "  skip-undeclared-third-bodies: true\n"),
                            "f")
                .n_reactions(),
            2u);
  expect_refused(change("  species: [H, H2]\n  reactions: declared-species\n"), "\"AR\" is not declared", 0);
}

TEST(MechanismReader, refers_every_fit_to_one_atmosphere) {
  const auto text = with("{model: NASA7, temperature-ranges: [200, 6000], data: [[3.5, 0, 0, 0, 0, 1, 1]]}",
                         "{model: NASA7, temperature-ranges: [200, 6000], data: [[3.5, 0, 0, 0, 0, 1, 1]], "
                         "reference-pressure: 1 bar}");
  const auto mechanism = parse_mechanism(text, "file.yaml");
  const auto k = mechanism.require_species("O2");
  std::vector<double> Y(mechanism.n_species(), 0.0);
  Y[k] = 1.0;
  const double at_one_bar = Thermodynamics(mechanism).entropy(300.0, 1e5, Y);
  EXPECT_NEAR(at_one_bar * mechanism.species[k].molecular_weight / gas_constant, 3.5 * std::log(300.0) + 1.0, 1e-12);
}

TEST(MechanismReader, refuses_thermodynamics_it_does_not_support_by_line_and_species) {
  const std::string fit = "{model: NASA7, temperature-ranges: [200, 6000], data: [[3.5, 0, 0, 0, 0, 1, 1]]}";
  const std::pair<std::string, std::string> models[] = {
      {"{model: piecewise-Gibbs, h0: 0, data: {298: 1, 600: 2}}", "\"piecewise-Gibbs\""},
  };
  for (const auto& [model, name] : models) {
    expect_refused(with(fit, model), "thermo model " + name + " is not supported", 17);
    expect_refused(with(fit, model), "species \"O2\"", 17);
  }
}

TEST(MechanismReader, refuses_phases_it_does_not_support_by_line_and_name) {
  for (const std::string model : {"Redlich-Kwong", "Peng-Robinson", "ideal-surface", "plasma", "ideal-condensed"}) {
    const auto text = with("thermo: ideal-gas", "thermo: " + model);
    expect_refused(text, "thermo model \"" + model + "\" is not supported", 5);
    expect_refused(text, "phase \"gas\"", 5);
  }
  expect_refused(with("kinetics: gas", "kinetics: surface"), "surface", 4);
  expect_refused(with("kinetics: gas", "rate-multipliers: {0: 2}"), "rate-multipliers are not supported", 4);
  expect_refused(with("kinetics: gas", "explicit-third-body-duplicates: modify-efficiency"), "modify-efficiency", 4);
}

TEST(MechanismReader, refuses_a_species_without_the_transport_data_its_phase_needs) {
  const std::string data = "  transport: {model: gas, geometry: atom, well-depth: 100, diameter: 3}\n";
  std::string text = with("thermo: ideal-gas", "thermo: ideal-gas\n  transport: mixture-averaged");
  text.insert(text.find("- name: H2"), data);
  expect_refused(text, "species \"H2\": there are no transport data", 14);
  EXPECT_NO_THROW(parse_mechanism(with("thermo: ideal-gas", "thermo: ideal-gas\n  transport: none"), "file.yaml"));
}

/// Numbers that are finite and yet make no finite rates, temperatures or masses.
TEST(MechanismReader, refuses_numbers_beyond_all_sense) {
  const auto reaction = [&](const std::string& line) { return with_reactions("- {" + line + "}\n"); };
  const std::string fine = "rate-constant: {A: 1, b: 0, Ea: 0}";
  const std::string limits = "low-P-rate-constant: {A: 1, b: 0, Ea: 0}, high-P-rate-constant: {A: 1, b: 0, Ea: 0}";
  const std::string falloff = "equation: H + H (+M) <=> H2 (+M), " + limits + ", ";
  struct Case {
    std::string text;
    std::string reason;
    int line;
  };
  const std::vector<Case> table = {
      {reaction("equation: H + H <=> H2, rate-constant: {A: 1, b: 1.0e+300, Ea: 0}"), "temperature exponent", 20},
      {reaction("equation: H + H <=> H2, rate-constant: {A: 1, b: 0, Ea: -1.0e+300}"), "activation energy", 20},
      {reaction("equation: H + H <=> H2, rate-constant: {A: 1, b: 0, Ea: -1.0e+6}"), "rate constant at 300 K", 20},
      {reaction("equation: H + H <=> H2, rate-constant: {A: 1.0e+200, b: 0, Ea: 0}"), "rate constant at 300 K", 20},
      {reaction("equation: H + H <=> H2, rate-constant: {A: 1.0e+305 km^3/mol/s, b: 0, Ea: 0}"), "too large", 20},
      {reaction("equation: H + H + 1e300 AR <=> H2 + 1e300 AR, " + fine), "too large", 20},
      {reaction("equation: H + H + 500 AR <=> H2 + 500 AR, " + fine), "of order 502", 20},
      {reaction("equation: H + H + M <=> H2 + M, efficiencies: {AR: 1.0e+300}, " + fine), "efficiency of AR", 20},
      {reaction("equation: H + H + M <=> H2 + M, default-efficiency: -1, " + fine), "efficiency of unlisted", 20},
      {reaction(falloff + "Troe: {A: 0.5, T3: 100, T1: -1}"), "F_cent at 300 K", 20},
      {reaction(falloff + "Troe: {A: 1.0e+300, T3: 100, T1: 1000}"), "F_cent at 300 K", 20},
      {reaction(falloff + "Troe: {A: 0.5, T3: 100, T1: 1000, T4: 10}"), "unknown key \"T4\"", 20},
      {with("composition: {H: 1}", "composition: {H: 1.0e+300}"), "kg/kmol", 9},
      {with("composition: {H: 1}", "composition: {H: 1.0e-300}"), "kg/kmol", 9},
      {with("[200, 1000, 6000]", "[200, 1000, 1001]"), "10 K or more", 11},
      {with("[200, 1000, 6000]", "[2000, 3000, 6000]"), "of no use in a flame", 11},
      {with("[2.5, 0, 0, 0, 0, 1, 1]", "[2.5, 0, 0, 0, 0, 1.0e+300, 1]"), "out of bounds", 11},
      {with("[2.5, 0, 0, 0, 0, 1, 1]", "[2.5, 0, 0, 0, 0, 500, 1]"), "ranges differ by", 11},
      {with("[2.5, 0, 0, 0, 0, 1, 1]", "[2.5, -0.012, 1.0e-5, 0, 0, 1, 1]"), "heat capacity at", 11},
      {with("composition: {O: 2}",
            "composition: {O: 2}\n  transport: {model: gas, geometry: linear, well-depth: -1, diameter: 3}"),
       "well-depth = -1", 17},
  };
  for (const auto& one : table) expect_refused(one.text, one.reason, one.line);
}

/// What YAML allows, and its parser passes over in silence or chokes on.
TEST(MechanismReader, refuses_yaml_that_would_lose_data_or_time) {
  const std::string reaction = "- {equation: H + H <=> H2, rate-constant: {A: 1, b: 0, Ea: 0}}\n";
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  struct Case {
    std::string text;
    std::string reason;
    int line;
  };
  const std::vector<Case> table = {
      {with_reactions(reaction + "---\nreactions: []\n"), "the document ends before this line", 21},
      {"  species: []\nreactions: []\n", "the document ends before this line", 2},
      {"\"a text\" and more\n", "the document ends before this line", 1},
      {with("composition: {H: 1}", "composition: {H: 1}\n  composition: {H: 1}"), "given twice", 11},
      {with("composition: {H: 1}", "composition: {H: 1}\n  <<: {transport: none}"), "merge keys", 11},
      {with("composition: {H: 1}", "composition: {[H]: 1}"), "a key must be a single word", 10},
      {with("name: H\n", "name: \"H\\n\"\n"), "control character", 9},
      {with("name: H\n", "name: H\n  note: " + nested(100) + "\n"), "more than 64 lists", 10},
      {with("name: H\n", "name: H\n  note: " + nested(100000) + "\n"), "too many lists", 10},
      {with("name: H\n", "name: H\n  note: &self [*self]\n"), "more than 64 lists", 10},
      {bimetal::testing::alias_bomb(9) + head, "aliases", 0},
      {std::string("species: []\0", 12), "control character", 1},
      {"species: []\n# caf\xe9\n", "not text (UTF-8)", 2},
      {"\xff\xfe" + std::string("s\0:\0", 4), "not text (UTF-8)", 1},
  };
  for (const auto& one : table) expect_refused(one.text, one.reason, one.line);
  const auto anchored =
      with("temperature-ranges: [200, 1000, 6000]", "temperature-ranges: &ranges [200, 1000, 6000]");
  EXPECT_NO_THROW(parse_mechanism(anchored, "file.yaml"));
}

TEST(MechanismReader, refuses_names_that_an_equation_cannot_hold) {
  const std::string all_species = with("species: [H, H2, O2, AR]", "species: all");
  const std::string line = "- name: H\n";
  for (const std::string name : {"M", "2", "+", "<=>", "\"H 2\"", "H/2", "\"\"", "(+M)"}) {
    std::string text = all_species;
    expect_refused(text.replace(text.find(line), line.size(), "- name: " + name + "\n"), "name", 9);
  }
  expect_refused(with("elements: [H, O, Ar]", "elements: [H, O, Ar, \"\"]"), "the name of the element is empty", 6);
}

/// Lines that a slip of the editor leaves behind, or takes away, without making the file malformed.
TEST(MechanismReader, refuses_data_that_would_not_be_used) {
  const auto reaction = [&](const std::string& line) { return with_reactions("- {" + line + "}\n"); };
  const std::string rate = "rate-constant: {A: 1, b: 0, Ea: 0}";
  const std::string falloff =
      "equation: H + H (+M) <=> H2 (+M), low-P-rate-constant: [1, 0, 0], high-P-rate-constant: [1, 0, 0], ";
  expect_refused(reaction(falloff + rate), "has no \"rate-constant\"", 20);
  expect_refused(reaction("equation: H + H <=> H2, low-P-rate-constant: [1, 0, 0], " + rate), "has no \"low-P-rate",
                 20);
  expect_refused(reaction("equation: H + H + M <=> H2 + M, Troe: {A: 1, T3: 1, T1: 1}, " + rate), "has no \"Troe\"",
                 20);
  expect_refused(reaction("equation: H + H <=> H2, numbers: [1, 2], " + rate), "unknown key \"numbers\"", 20);
  EXPECT_NO_THROW(parse_mechanism(reaction("equation: H + H <=> H2, doi: 10.1000/1, " + rate), "file.yaml"));
  const std::string text = head;
  expect_refused(text.substr(0, text.find("reactions:")), "section \"reactions\" is missing", 4);
}

TEST(MechanismReader, refuses_ions_unless_the_phase_leaves_them_out) {
  const std::string declared = replaced(small_mechanism, "[H, O, Ar]", "[H, O, Ar, E]");
  EXPECT_EQ(parse_mechanism(declared, "file.yaml").n_species(), 4u);  // nobody holds any
  for (const char* composition : {"{H: 2, E: -1}", "{H: 2, E: 1}", "{H: 2}\n  charge: 1"}) {
    const std::string to = std::string("composition: ") + composition;
    expect_refused(replaced(declared, "composition: {H: 2}", to), "species \"H2\": it is charged", 12);
    const auto ion = replaced(with("thermo: ideal-gas", "thermo: ideal-gas\n  skip-undeclared-elements: true"),
                              "composition: {H: 2}", to);
    const auto neutral = replaced(ion, "H + H <=> H2", "H + H <=> H + H");
    EXPECT_EQ(parse_mechanism(neutral, "file.yaml").species_names(), (std::vector<std::string>{"H", "O2", "AR"}));
  }
}

TEST(MechanismReader, knows_elements_whatever_the_case_of_their_symbols) {
  const auto usual = parse_mechanism(small_mechanism, "file.yaml");
  auto odd = replaced(small_mechanism, "[H, O, Ar]", "[h, O, AR]");
  odd = replaced(odd, "composition: {O: 2}", "composition: {o: 2}");
  const auto read = parse_mechanism(odd, "file.yaml");
  ASSERT_EQ(read.n_elements(), 3u);
  for (std::size_t e = 0; e < 3; ++e) {
    EXPECT_EQ(read.elements[e].name, usual.elements[e].name);
    EXPECT_EQ(read.elements[e].atomic_weight, usual.elements[e].atomic_weight);
  }
  EXPECT_EQ(read.species.back().molecular_weight, usual.species.back().molecular_weight);
}

TEST(MechanismReader, suggests_the_key_that_was_meant) {
  const std::string rate = ", rate-constant: {A: 1, b: 0, Ea: 0}}\n";
  expect_refused(with("units:", "unit:"), "did you mean \"units\"", 1);
  expect_refused(with("composition: {O: 2}", "composition: {O: 2}\n  trasport: {model: gas}"), "\"transport\"", 17);
  expect_refused(with("temperature-ranges: [200, 6000]", "temperature-ranges: [200, 6000], reference-presure: 1"),
                 "\"reference-pressure\"", 17);
  expect_refused(with("thermo: ideal-gas", "thermo: ideal-gas\n  reaction: none"), "\"reactions\"", 6);
  expect_refused(with_reactions("- {equation: H + H <=> H2, dupliacte: true" + rate), "\"duplicate\"", 20);
}

TEST(MechanismReader, says_what_is_malformed_and_where) {
  struct Case {
    std::string text;
    std::string reason;
    int line;
  };
  const std::string fine = "rate-constant: {A: 1, b: 0, Ea: 0}";
  const auto reaction = [&](const std::string& line) { return with_reactions("- {" + line + "}\n"); };
  const std::vector<Case> table = {
      {"", "not a mechanism", 0},
      {"just words", "not a mechanism", 1},
      {"- a\n- list\n", "not a mechanism", 0},
      {"a: [1, 2\nb: 3\n", "not valid YAML", 0},
      {"a: b: c\n", "not valid YAML", 1},
      {"units: {length: cm}\n", "section \"species\" is missing", 0},
      {"species: []\n", "no species", 0},
      {"phases: []\nspecies: []\n", "list of phases is empty", 0},
      {with("length: cm", "length: furlong"), "furlong", 1},
      {with("length: cm", "length: s"), "not a unit of length", 1},
      {with("length: cm", "lenght: cm"), "lenght", 1},
      {with("activation-energy: cal/mol", "activation-energy: cm"), "activation energy", 1},
      {with("elements: [H, O, Ar]", "elements: [H, O, H]"), "twice", 6},
      {with("elements: [H, O, Ar]", "elements: [H, O]"), "holds Ar", 18},
      {with("elements: [H, O, Ar]", "elements: [H, O, Xy]"), "Xy", 0},
      {with("species: [H, H2, O2, AR]", "species: [H, H2, O22, AR]"), "did you mean \"O2\"", 7},
      {with("species: [H, H2, O2, AR]", "species: [H, H2, H, AR]"), "twice", 0},
      {with("species: [H, H2, O2, AR]", "species: some"), "\"some\"", 7},
      {with("- name: H\n", "- nam: H\n"), "\"name\" is missing", 0},
      {with("composition: {H: 1}", "composition: {}"), "has no atoms", 10},
      {with("composition: {H: 1}", "composition: {H: -1}"), "atoms of H", 10},
      {with("composition: {H: 1}", "composition: {H: one}"), "not a finite number", 10},
      {with("composition: {H: 1}", "composition: {H: 1, H: 2}"), "given twice", 10},
      {with("composition: {H: 1}", "composition: 5"), "expected keys", 10},
      {with("[200, 1000, 6000]", "[1000, 200, 6000]"), "increase", 11},
      {with("[200, 1000, 6000]", "[200, 6000]"), "one or two ranges", 11},
      {with("[200, 1000, 6000]", "[200, .inf, 6000]"), "not a number", 11},
      {with("[2.5, 0, 0, 0, 0, 1, 1]", "[2.5, 0, 0, 0, 1, 1]"), "7 coefficients", 11},
      {with("[2.5, 0, 0, 0, 0, 1, 1]", "[2.5, 0, 0, 0, 0, 1, nan]"), "nan", 11},
      {with("[2.5, 0, 0, 0, 0, 1, 1]", "[-2.5, 0, 0, 0, 0, 1, 1]"), "heat capacity", 11},
      {with("composition: {O: 2}", "composition: {O: 2}\n  transport: {model: gas, geometry: round}"), "round", 17},
      {with("composition: {O: 2}", "composition: {O: 2}\n  transport: {model: gas, geometry: linear}"), "well-depth",
       17},
      {reaction(fine), "\"equation\" is missing", 20},
      {reaction("equation: H + H, " + fine), "no arrow", 20},
      {reaction("equation: H + H <=> H3, " + fine), "\"H3\" is not declared", 20},
      {reaction("equation: H + O2 <=> H2, " + fine), "does not balance", 20},
      {reaction("equation: H + H <=> H2"), "\"rate-constant\" is missing", 20},
      {reaction("equation: H + H <=> H2, rate-constant: {A: 1, Ea: 0}"), "\"b\" is missing", 20},
      {reaction("equation: H + H <=> H2, rate-constant: {A: x, b: 0, Ea: 0}"), "\"x\"", 20},
      {reaction("equation: H + H <=> H2, rate-constant: [1]"), "A, b, Ea", 20},
      {reaction("equation: H + H <=> H2, rate-constant: {A: -1, b: 0, Ea: 0}"), "negative-A", 20},
      {reaction("equation: H + H <=> H2, rate-constant: {A: 1 cm^6/mol^2/s, b: 0, Ea: 0}"), "dimensions", 20},
      {reaction("equation: H + H <=> H2, rate-constant: {A: 1, b: 0, Ea: 5 parsec}"), "parsec", 20},
      {reaction("equation: H + H <=> H2, type: three-body, " + fine), "needs M", 20},
      {reaction("equation: H + H + M <=> H2 + M, type: elementary, " + fine), "no third body", 20},
      {reaction("equation: H + H <=> H2, type: falloff, " + fine), "needs (+M)", 20},
      {reaction("equation: H + H (+M) <=> H2 (+M), " + fine), "has no \"rate-constant\"", 20},
      {reaction("equation: H + H <=> H2, efficiencies: {AR: 2}, " + fine), "no third body M", 20},
      {reaction("equation: H + H + M <=> H2 + M, efficiencies: {XE: 2}, " + fine), "\"XE\" is not declared", 20},
      {reaction("equation: H + H + M <=> H2 + M, efficiencies: {AR: -2}, " + fine), "negative", 20},
      {reaction("equation: H + H + M <=> H2 + M, effciencies: {AR: 2}, " + fine), "did you mean \"efficiencies\"",
       20},
      {reaction("equation: H + H <=> H2, duplicate: maybe, " + fine), "neither true nor false", 20},
  };
  for (const auto& one : table) expect_refused(one.text, one.reason, one.line);
}

TEST(MechanismReader, says_that_a_file_is_missing) {
  try {
    read_mechanism("no/such/file.yaml");
    FAIL();
  } catch (const core::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("no/such/file.yaml"), std::string::npos);
  }
}

TEST(Mechanism, has_a_fingerprint_of_its_numbers) {
  Mechanism copy = hydrogen();
  EXPECT_EQ(copy.fingerprint(), hydrogen().fingerprint());
  EXPECT_EQ(copy.fingerprint().size(), 16u);
  copy.source = copy.name = "elsewhere";
  EXPECT_EQ(copy.fingerprint(), hydrogen().fingerprint());
  copy.reactions[3].rate.b += 1e-15;
  EXPECT_NE(copy.fingerprint(), hydrogen().fingerprint());
  EXPECT_NE(methane().fingerprint(), hydrogen().fingerprint());
}

// GRI-Mech 3.0 is not shipped. To run: BIMETAL_GRI30=<gri30.yaml of the Cantera project> chemistry_tests
TEST(MechanismReader, loads_the_full_gri_mechanism) {
  const char* const path = std::getenv("BIMETAL_GRI30");
  if (!path) GTEST_SKIP() << "BIMETAL_GRI30 does not name a file";
  const auto full = read_mechanism(path);
  EXPECT_EQ(full.n_species(), 53u);
  EXPECT_EQ(full.n_reactions(), 325u);
  // Of the shipped part every species and every reaction is there, to the last digit.
  for (const auto& species : methane().species) {
    const auto& other = full.species[full.require_species(species.name)];
    EXPECT_EQ(other.thermo.ranges, species.thermo.ranges) << species.name;
  }
  for (const auto& reaction : methane().reactions) {
    const bool found = std::any_of(full.reactions.begin(), full.reactions.end(), [&](const Reaction& other) {
      return other.rate.A == reaction.rate.A && other.rate.b == reaction.rate.b &&
             other.low_pressure.A == reaction.low_pressure.A && other.reactants.size() == reaction.reactants.size();
    });
    EXPECT_TRUE(found) << reaction.equation;
  }
}

}  // namespace
}  // namespace bimetal::chemistry
