#include <gtest/gtest.h>

#include <map>

#include "small_gas.hpp"

namespace bimetal::chemistry {
namespace {

using testing::expect_user_error;
using testing::replaced;
using testing::small_mechanism;
using testing::with;

const std::string surface_first = with("phases:\n",
                                       "phases:\n"
                                       "- {name: catalyst, thermo: ideal-surface, species: [{sites: all}]}\n"
                                       "- {name: dense, thermo: Redlich-Kwong, elements: [H], species: [H]}\n");

TEST(PhaseChoice, takes_the_first_ideal_gas_and_says_so) {
  EXPECT_TRUE(parse_mechanism(small_mechanism, "f").remarks.empty());
  const auto mechanism = parse_mechanism(surface_first, "f");
  EXPECT_EQ(mechanism.name, "gas");
  EXPECT_EQ(mechanism.n_species(), 4u);
  ASSERT_EQ(mechanism.remarks.size(), 1u);
  EXPECT_NE(mechanism.remarks[0].find("\"catalyst\" (ideal-surface), \"dense\" (Redlich-Kwong), \"gas\" (ideal-gas)"),
            std::string::npos)
      << mechanism.remarks[0];
}

TEST(PhaseChoice, takes_the_phase_that_is_named) {
  const auto two =
      with("species:\n- name: H\n", "- {name: part, thermo: ideal-gas, species: [H, H2]}\nspecies:\n- name: H\n");
  EXPECT_EQ(parse_mechanism(two, "f").n_species(), 4u);
  EXPECT_EQ(parse_mechanism(two, "f", {.phase = "part"}).n_species(), 2u);
  const auto choose = [&](const std::string& text, const char* phase) {
    return [&text, phase] { parse_mechanism(text, "f", {.phase = phase}); };
  };
  expect_user_error(choose(two, "prat"), {"no phase \"prat\"", "\"gas\" (ideal-gas), \"part\" (ideal-gas)"});
  expect_user_error(choose(surface_first, "dense"),
                    {"f:4:", "\"Redlich-Kwong\" is not supported", "\"gas\" (ideal-gas)"});
}

TEST(PhaseChoice, lists_the_phases_where_none_is_an_ideal_gas) {
  expect_user_error([] { parse_mechanism(replaced(surface_first, "ideal-gas", "plasma"), "f"); },
                    {"none of the phases is an ideal gas", "\"catalyst\" (ideal-surface)", "\"gas\" (plasma)"});
}

TEST(PhaseReader, reads_no_reactions_where_the_phase_has_no_kinetics) {
  EXPECT_EQ(parse_mechanism(small_mechanism, "f").n_reactions(), 1u);
  const auto silent = parse_mechanism(with("  kinetics: gas\n", ""), "f");
  EXPECT_EQ(silent.n_reactions(), 0u);
  ASSERT_EQ(silent.remarks.size(), 1u);
  EXPECT_NE(silent.remarks[0].find("names no kinetics, so nothing reacts"), std::string::npos);
  for (const char* said : {"kinetics: none", "reactions: none"}) {
    const auto mechanism = parse_mechanism(with("kinetics: gas", said), "f");
    EXPECT_EQ(mechanism.n_reactions(), 0u) << said;
    EXPECT_TRUE(mechanism.remarks.empty()) << said;
  }
  expect_user_error([] { parse_mechanism(with("kinetics: gas", "reactions: all"), "f"); }, {"f:4:", "kinetics: gas"});
}

/// Texts by path.
FileReader files(std::map<std::string, std::string> texts) {
  return [texts = std::move(texts)](const std::string& path) {
    const auto found = texts.find(path);
    if (found == texts.end()) throw core::UserError::format("there is no {}", path);
    return found->second;
  };
}

const std::string library_of_species = R"(units: {pressure: bar}
gases:
- name: HE
  composition: {He: 1}
  thermo: {model: NASA7, reference-pressure: 1, temperature-ranges: [200, 6000], data: [[2.5, 0, 0, 0, 0, 0, 0]]}
- name: KR
  composition: {Kr: 1}
  thermo: {model: NASA7, temperature-ranges: [200, 6000], data: [[2.5, 0, 0, 0, 0, 0, 0]]}
)";
const std::string library_of_reactions = R"(units: {length: cm, quantity: mol}
more:
- {equation: 2 H + HE <=> H2 + HE, rate-constant: {A: 1.0e+12, b: 0, Ea: 0}}
- {equation: KR + H + H <=> H2 + KR, rate-constant: {A: 1, b: 0, Ea: 0}}
)";

TEST(PhaseReader, takes_species_and_reactions_from_other_files_with_the_units_of_those) {
  std::string text = with("  elements: [H, O, Ar]\n  species: [H, H2, O2, AR]",
                          "  species: [{species: all}, {data/gases.yaml/gases: [HE]}]\n"
                          "  reactions: [reactions, {rates.yaml/more: declared-species}]");
  const MechanismOptions options{
      .read_file = files({{"dir/data/gases.yaml", library_of_species}, {"dir/rates.yaml", library_of_reactions}})};
  const auto mechanism = parse_mechanism(text, "dir/main.yaml", options);
  EXPECT_EQ(mechanism.species_names(), (std::vector<std::string>{"H", "H2", "O2", "AR", "HE"}));
  ASSERT_EQ(mechanism.n_reactions(), 2u);  // that of KR holds an undeclared species
  EXPECT_NEAR(mechanism.reactions[1].rate.A, 1e6, 1e-6);
  EXPECT_NEAR(mechanism.species[4].thermo.ranges[0].a[6], std::log(1e5 / standard_pressure), 1e-12);

  const auto refuse = [&](const std::string& piece, const std::string& other,
                          std::initializer_list<std::string> words) {
    expect_user_error([&] { parse_mechanism(replaced(text, piece, other), "dir/main.yaml", options); }, words);
  };
  refuse("{rates.yaml/more: declared-species}", "rates.yaml/more", {"dir/rates.yaml:4", "\"KR\" is not declared"});
  refuse("rates.yaml/more", "rats.yaml/more", {"dir/main.yaml:7:", "there is no dir/rats.yaml"});
  refuse("rates.yaml/more", "rates.yaml/mor", {"dir/main.yaml:7:", "dir/rates.yaml has no section \"mor\""});
  refuse("[HE]", "[HA]", {"dir/main.yaml:6:", "did you mean \"HE\""});
  refuse("rates.yaml/more", "/more", {"dir/main.yaml:7:", "file.yaml/section"});
}

TEST(PhaseReader, leaves_out_species_of_undeclared_elements_where_the_phase_says_so) {
  const std::string few = with("elements: [H, O, Ar]\n  species: [H, H2, O2, AR]", "elements: [H, O]");
  expect_user_error([&] { parse_mechanism(few, "f"); }, {"holds Ar"});
  const auto mechanism =
      parse_mechanism(replaced(few, "elements: [H, O]", "elements: [H, O]\n  skip-undeclared-elements: true"), "f");
  EXPECT_EQ(mechanism.species_names(), (std::vector<std::string>{"H", "H2", "O2"}));
}

TEST(PhaseReader, takes_elements_from_the_section_that_is_named) {
  const auto mechanism =
      parse_mechanism(with("elements: [H, O, Ar]", "elements: [{isotopes: [H]}, {default: [O]}, Ar]") +
                          "isotopes:\n- {symbol: H, atomic-weight: 2.014}\n",
                      "f");
  EXPECT_EQ(mechanism.elements[0].atomic_weight, 2.014);
  EXPECT_EQ(mechanism.elements[1].atomic_weight, 15.999);
}

TEST(PhaseReader, does_without_a_transport_model_that_nobody_asks_for) {
  const auto mechanism = parse_mechanism(with("kinetics: gas", "kinetics: gas\n  transport: ionized-gas"), "f");
  ASSERT_EQ(mechanism.remarks.size(), 1u);
  EXPECT_NE(mechanism.remarks[0].find("ionized-gas"), std::string::npos);
}

TEST(Mechanism, finds_a_species_whatever_the_case_of_its_name) {
  auto mechanism = parse_mechanism(small_mechanism, "f");
  EXPECT_EQ(mechanism.require_species("ar"), 3u);
  EXPECT_EQ(mechanism.require_species("o2"), 2u);
  EXPECT_FALSE(mechanism.species_index("o2"));
  mechanism.species[2].name = "Ar";
  EXPECT_EQ(mechanism.require_species("AR"), 3u);  // exactly this one
  expect_user_error([&] { mechanism.require_species("ar"); }, {"\"Ar\"", "\"AR\""});
}

}  // namespace
}  // namespace bimetal::chemistry
