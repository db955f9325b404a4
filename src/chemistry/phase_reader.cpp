#include "chemistry/phase_reader.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "chemistry/key_check.hpp"
#include "chemistry/unit_reader.hpp"
#include "core/nearest.hpp"

namespace bimetal::chemistry {
namespace {

/// The entries of a top-level section; a first entry that holds nothing but units sets them for the rest.
std::vector<Entry> section_entries(const YamlValue& root, const YamlValue& where, const std::string& name,
                                   UnitSystem units) {
  if (name.find('/') != std::string::npos)
    where.fail("\"{}\" refers to another file, which is not supported; put everything into one file", name);
  const auto section = root.find(name);
  if (!section) where.fail("the section \"{}\" is missing from the file; add it", name);
  std::vector<Entry> entries;
  for (const auto& item : section->items()) {
    const auto block = entries.empty() ? item.find("units") : std::nullopt;
    if (block && item.entries().size() == 1)
      units = read_unit_system(*block, units);
    else
      entries.push_back({item, units});
  }
  return entries;
}

/// Those entries that a list of names asks for, in its order.
void select_named(const std::vector<Entry>& entries, const YamlValue& wanted, std::vector<Entry>& selected) {
  std::vector<std::string> names;
  std::map<std::string, const Entry*> by_name;
  for (const auto& entry : entries) {
    names.push_back(entry.value.at("name").text());
    by_name.emplace(names.back(), &entry);
  }
  for (const auto& item : wanted.items()) {
    const std::string name = item.text();
    const auto found = by_name.find(name);
    if (found != by_name.end()) {
      selected.push_back(*found->second);
      continue;
    }
    const std::string near = core::nearest(name, names);
    item.fail("species \"{}\" is not defined in the file{}", name,
              near.empty() ? "; add it" : "; did you mean \"" + near + "\"?");
  }
}

void select_species(const YamlValue& root, const YamlValue& wanted, const std::string& section,
                    const UnitSystem& units, std::vector<Entry>& selected) {
  const auto entries = section_entries(root, wanted, section, units);
  if (!wanted.is_scalar()) return select_named(entries, wanted, selected);
  if (wanted.text() != "all") wanted.fail("expected a list of species or \"all\", not \"{}\"", wanted.text());
  for (const auto& entry : entries) selected.push_back(entry);
}

std::vector<Entry> read_species_selection(const YamlValue& root, const YamlValue& phase, const UnitSystem& units) {
  const auto wanted = phase.find("species");
  if (!wanted) return section_entries(root, phase, "species", units);
  std::vector<Entry> selected;
  const bool by_section = wanted->is_list() && !wanted->items().empty() && wanted->items().front().is_map();
  if (!by_section) {
    select_species(root, *wanted, "species", units, selected);
    return selected;
  }
  for (const auto& item : wanted->items())
    for (const auto& [section, names] : item.entries()) select_species(root, names, section, units, selected);
  return selected;
}

void select_reactions(const YamlValue& root, const YamlValue& wanted, const std::string& section,
                      const UnitSystem& units, std::vector<ReactionSection>& selected) {
  const std::string word = wanted.text();
  if (word == "none") return;
  if (word != "all" && word != "declared-species")
    wanted.fail("reactions are selected by all, none or declared-species, not \"{}\"", word);
  selected.push_back({section_entries(root, wanted, section, units),
                      word == "all" ? UndeclaredSpecies::refuse : UndeclaredSpecies::skip});
}

/// What counts if the phase makes no selection.
std::vector<ReactionSection> all_reactions(const YamlValue& root, const UnitSystem& units) {
  if (!root.find("reactions")) return {};
  return {{section_entries(root, root, "reactions", units), UndeclaredSpecies::refuse}};
}

std::vector<ReactionSection> read_reaction_selection(const YamlValue& root, const YamlValue& phase,
                                                     const UnitSystem& units) {
  const auto kinetics = phase.find("kinetics");
  if (kinetics && kinetics->text() == "none") return {};
  const auto wanted = phase.find("reactions");
  if (!wanted && !kinetics) return all_reactions(root, units);
  if (!wanted) return {{section_entries(root, *kinetics, "reactions", units), UndeclaredSpecies::refuse}};
  std::vector<ReactionSection> selected;
  if (wanted->is_scalar()) {
    select_reactions(root, *wanted, "reactions", units, selected);
  } else {
    for (const auto& item : wanted->items()) {
      if (item.is_scalar())
        selected.push_back({section_entries(root, item, item.text(), units)});
      else
        for (const auto& [section, word] : item.entries()) select_reactions(root, word, section, units, selected);
    }
  }
  return selected;
}

std::vector<std::string> read_elements(const YamlValue& list) {
  std::vector<std::string> elements;
  for (const auto& item : list.items()) {
    elements.push_back(item.text());
    check_name(item, elements.back(), "element");
    if (std::count(elements.begin(), elements.end(), elements.back()) > 1)
      item.fail("element \"{}\" is listed twice", elements.back());
  }
  return elements;
}

void check_keys(const YamlValue& phase) {
  static const std::vector<std::string> keys{"name",      "thermo",   "elements",  "species",
                                             "reactions", "kinetics", "transport", "skip-undeclared-third-bodies"};
  static const std::vector<std::string> ignored{"note", "state", "skip-undeclared-elements", "adjacent-phases",
                                                "explicit-third-body-duplicates"};
  refuse_misspelt_keys(phase, keys, ignored);
}

/// The transport model, if it needs data of every species.
std::optional<std::string> read_transport_model(const YamlValue& phase) {
  static constexpr std::array gas_models{"mixture-averaged", "mixture-averaged-CK", "multicomponent",
                                         "multicomponent-CK", "unity-Lewis-number"};
  const auto transport = phase.find("transport");
  if (!transport || transport->text() == "none") return std::nullopt;
  const std::string word = transport->text();
  if (std::find(gas_models.begin(), gas_models.end(), word) == gas_models.end())
    transport->fail("transport model \"{}\" is not supported; supported are those of dilute gases, {}", word,
                    fmt::join(gas_models, ", "));
  return word;
}

void check_model(const YamlValue& phase) {
  if (const auto thermo = phase.find("thermo"); thermo && thermo->text() != "ideal-gas")
    thermo->fail("thermo model \"{}\" is not supported; only ideal-gas is", thermo->text());
  if (const auto kinetics = phase.find("kinetics"))
    if (const auto word = kinetics->text(); word != "gas" && word != "bulk" && word != "none")
      kinetics->fail("kinetics \"{}\" are not supported; only gas is", word);
}

}  // namespace

PhaseSelection read_phase(const YamlValue& root, const UnitSystem& units) {
  PhaseSelection selection;
  const auto phases = root.find("phases");
  if (!phases) {
    selection.name = "gas";
    selection.species = section_entries(root, root, "species", units);
    selection.reactions = all_reactions(root, units);
    return selection;
  }
  const auto all = phases->items();
  if (all.empty()) phases->fail("the list of phases is empty; add an ideal-gas phase");
  selection.name = all.front().at("name").text();
  const YamlValue phase = all.front().about("phase \"" + selection.name + "\"");
  check_keys(phase);
  check_model(phase);
  selection.transport = read_transport_model(phase);
  if (const auto elements = phase.find("elements")) selection.elements = read_elements(*elements);
  selection.species = read_species_selection(root, phase, units);
  selection.reactions = read_reaction_selection(root, phase, units);
  if (const auto skip = phase.find("skip-undeclared-third-bodies"); skip && skip->flag())
    selection.third_bodies = UndeclaredThirdBodies::skip;
  return selection;
}

}  // namespace bimetal::chemistry
