#include "chemistry/phase_reader.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "chemistry/atomic_weights.hpp"
#include "chemistry/key_check.hpp"
#include "chemistry/phase_choice.hpp"
#include "chemistry/unit_reader.hpp"
#include "core/nearest.hpp"

namespace bimetal::chemistry {
namespace {

/// A section by its name, which may begin with another file: "file.yaml/species".
struct Section {
  YamlValue list;
  UnitSystem units;  // of its file
};

/// What is wrong with another file is said where this one refers to it.
const MechanismFiles::File& other_file(MechanismFiles& files, const YamlValue& where, const std::string& name) {
  try {
    return files.at(name);
  } catch (const core::UserError& error) {
    where.fail("{}", error.what());
  }
}

std::optional<Section> find_section(MechanismFiles& files, const YamlValue& where, const std::string& name) {
  const auto slash = name.rfind('/');
  const bool elsewhere = slash != std::string::npos;
  if (elsewhere && (slash == 0 || slash + 1 == name.size()))
    where.fail("\"{}\" is no section of a file; write it as file.yaml/section", name);
  const auto file_name = name.substr(0, slash);
  const auto& file = elsewhere ? other_file(files, where, file_name) : files.main();
  const auto list = file.root.find(elsewhere ? name.substr(slash + 1) : name);
  if (!list && elsewhere) where.fail("{} has no section \"{}\"", file.source, name.substr(slash + 1));
  if (!list) return std::nullopt;
  return Section{*list, file.units};
}

/// Its entries; a first entry that holds nothing but units sets them for the rest.
std::vector<Entry> section_entries(MechanismFiles& files, const YamlValue& where, const std::string& name) {
  const auto section = find_section(files, where, name);
  if (!section) where.fail("the section \"{}\" is missing from the file; add it", name);
  UnitSystem units = section->units;
  std::vector<Entry> entries;
  for (const auto& item : section->list.items()) {
    const auto block = entries.empty() ? item.find("units") : std::nullopt;
    if (block && item.entries().size() == 1)
      units = read_unit_system(*block, units);
    else
      entries.push_back({item, units});
  }
  return entries;
}

/// Gives the species of a section that a list of names asks for, in the order of the list.
class NamedSpecies {
 public:
  NamedSpecies(MechanismFiles& files, const YamlValue& where, const std::string& section)
      : entries_(section_entries(files, where, section)) {
    for (const auto& entry : entries_) {
      names_.push_back(entry.value.at("name").text());
      by_name_.emplace(names_.back(), &entry);
    }
  }
  const std::vector<Entry>& all() const { return entries_; }
  const Entry& at(const YamlValue& item) const {
    const std::string name = item.text();
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) return *found->second;
    const std::string near = core::nearest(name, names_);
    item.fail("species \"{}\" is not defined in the file{}", name,
              near.empty() ? "; add it" : "; did you mean \"" + near + "\"?");
  }

 private:
  std::vector<Entry> entries_;
  std::vector<std::string> names_;
  std::map<std::string, const Entry*> by_name_;
};

void select_species(MechanismFiles& files, const YamlValue& wanted, const std::string& section,
                    std::vector<Entry>& selected) {
  const NamedSpecies species(files, wanted, section);
  if (wanted.is_scalar() && wanted.text() != "all")
    wanted.fail("expected a list of species or \"all\", not \"{}\"", wanted.text());
  if (wanted.is_scalar()) {
    for (const auto& entry : species.all()) selected.push_back(entry);
  } else {
    for (const auto& item : wanted.items()) selected.push_back(species.at(item));
  }
}

std::vector<Entry> read_species_selection(MechanismFiles& files, const YamlValue& phase) {
  const auto wanted = phase.find("species");
  if (!wanted) return section_entries(files, phase, "species");
  std::vector<Entry> selected;
  const auto is_map = [](const YamlValue& item) { return item.is_map(); };
  if (wanted->is_list() && std::ranges::any_of(wanted->items(), is_map)) {
    std::optional<NamedSpecies> own;
    for (const auto& item : wanted->items()) {
      if (item.is_scalar()) {
        if (!own) own.emplace(files, item, "species");
        selected.push_back(own->at(item));
      } else {
        for (const auto& [section, names] : item.entries()) select_species(files, names, section, selected);
      }
    }
  } else {
    select_species(files, *wanted, "species", selected);
  }
  return selected;
}

void select_reactions(MechanismFiles& files, const YamlValue& wanted, const std::string& section,
                      std::vector<ReactionSection>& selected) {
  const std::string word = wanted.text();
  if (word == "none") return;
  if (word != "all" && word != "declared-species")
    wanted.fail("reactions are selected by all, none or declared-species, not \"{}\"", word);
  selected.push_back(
      {section_entries(files, wanted, section), word == "all" ? UndeclaredSpecies::refuse : UndeclaredSpecies::skip});
}

/// What counts if the file has no phases.
std::vector<ReactionSection> all_reactions(MechanismFiles& files) {
  const auto& root = files.main().root;
  if (!root.find("reactions")) return {};
  return {{section_entries(files, root, "reactions")}};
}

/// The word is compared in lower case, in which the format has synonyms.
bool has_kinetics(const YamlValue& phase) {
  static constexpr std::array supported{"gas", "bulk", "gaskinetics"};
  static constexpr std::array none{"none", "kinetics"};
  const auto kinetics = phase.find("kinetics");
  if (!kinetics) return false;
  std::string word = kinetics->text();
  std::ranges::transform(word, word.begin(), [](unsigned char letter) { return std::tolower(letter); });
  if (std::ranges::find(none, word) != none.end()) return false;
  if (std::ranges::find(supported, word) == supported.end())
    kinetics->fail("kinetics \"{}\" are not supported; only gas is", kinetics->text());
  return true;
}

/// As Cantera reads: without a kinetics model nothing reacts; with one, all reactions count unless the phase selects.
void read_reaction_selection(MechanismFiles& files, const YamlValue& phase, PhaseSelection& selection) {
  const auto wanted = phase.find("reactions");
  if (!has_kinetics(phase)) {
    const bool stated = phase.find("kinetics") || (wanted && wanted->is_scalar() && wanted->text() == "none");
    if (wanted && !stated)
      wanted->fail(
          "the phase selects reactions but names no kinetics, without which they have no rates; add \"kinetics: "
          "gas\", "
          "or set \"reactions: none\"");
    if (!stated && files.main().root.find("reactions"))
      selection.remarks.push_back(fmt::format(
          "phase \"{}\" names no kinetics, so nothing reacts; with \"kinetics: gas\" the reactions of the file count",
          selection.name));
    return;
  }
  if (!wanted) {
    selection.reactions.push_back({section_entries(files, phase.at("kinetics"), "reactions")});
  } else if (wanted->is_scalar()) {
    select_reactions(files, *wanted, "reactions", selection.reactions);
  } else {
    for (const auto& item : wanted->items()) {
      if (item.is_scalar())
        selection.reactions.push_back({section_entries(files, item, item.text())});
      else
        for (const auto& [section, word] : item.entries())
          select_reactions(files, word, section, selection.reactions);
    }
  }
}

void add_element(const YamlValue& item, const std::optional<YamlValue>& section,
                 std::vector<ElementChoice>& elements) {
  const std::string name = element_symbol(item.text());
  check_name(item, name, "element");
  if (std::ranges::any_of(elements, [&](const auto& other) { return other.name == name; }))
    item.fail("element \"{}\" is listed twice", name);
  elements.push_back({name, section});
}

/// A list of names, or of sections with the names that are taken from each; "default" stands for the usual weights.
std::vector<ElementChoice> read_elements(MechanismFiles& files, const YamlValue& list) {
  const auto own = files.main().root.find("elements");
  std::vector<ElementChoice> elements;
  for (const auto& item : list.items()) {
    if (item.is_scalar()) {
      add_element(item, own, elements);
      continue;
    }
    for (const auto& [name, chosen] : item.entries()) {
      const auto section = find_section(files, chosen, name);
      if (!section && name != "default") chosen.fail("the section \"{}\" is missing from the file; add it", name);
      for (const auto& one : chosen.items())
        add_element(one, section ? std::optional(section->list) : std::nullopt, elements);
    }
  }
  return elements;
}

void check_keys(const YamlValue& phase) {
  static const std::vector<std::string> keys{"name",
                                             "thermo",
                                             "elements",
                                             "species",
                                             "reactions",
                                             "kinetics",
                                             "transport",
                                             "skip-undeclared-third-bodies",
                                             "skip-undeclared-elements",
                                             "explicit-third-body-duplicates"};
  // What changes no answer here: states come from the input, and phases beside a gas matter to surfaces.
  static const std::vector<std::string> ignored{"note", "state", "adjacent-phases"};
  refuse_misspelt_keys(phase, keys, ignored);
  if (const auto multipliers = phase.find("rate-multipliers"))
    multipliers->fail("rate-multipliers are not supported; multiply the rate constants A themselves");
  if (const auto duplicates = phase.find("explicit-third-body-duplicates");
      duplicates && duplicates->text() == "modify-efficiency")
    duplicates->fail(
        "explicit-third-body-duplicates: modify-efficiency is not supported; set the efficiencies of the species "
        "that "
        "are written out to 0, and warn here");
}

/// The transport model, if it needs data of every species. How a flow's transport is computed is flow.transport's
/// business, so that a model that is not known here is no reason to refuse the file.
std::optional<std::string> read_transport_model(const YamlValue& phase, PhaseSelection& selection) {
  static constexpr std::array gas_models{"mixture-averaged", "mixture-averaged-CK", "multicomponent",
                                         "multicomponent-CK", "unity-Lewis-number"};
  const auto transport = phase.find("transport");
  if (!transport || transport->text() == "none") return std::nullopt;
  const std::string word = transport->text();
  if (std::ranges::find(gas_models, word) != gas_models.end()) return word;
  selection.remarks.push_back(
      fmt::format("transport model \"{}\" of phase \"{}\" is not known and not used; flow.transport chooses one",
                  word, selection.name));
  return std::nullopt;
}

bool is_set(const YamlValue& phase, const char* key) {
  const auto value = phase.find(key);
  return value && value->flag();
}

PhaseSelection select_everything(MechanismFiles& files, const std::optional<std::string>& name) {
  const auto& root = files.main().root;
  PhaseSelection selection;
  selection.name = "gas";
  if (name && *name != selection.name)
    root.fail("there is no phase \"{}\", for the file lists no phases; leave the name out to use all of it", *name);
  selection.species = section_entries(files, root, "species");
  selection.reactions = all_reactions(files);
  return selection;
}

}  // namespace

PhaseSelection read_phase(MechanismFiles& files, const std::optional<std::string>& name) {
  const auto phases = files.main().root.find("phases");
  if (!phases) return select_everything(files, name);
  PhaseSelection selection;
  const YamlValue chosen = choose_phase(*phases, name, selection.remarks);
  selection.name = chosen.at("name").text();
  const YamlValue phase = chosen.about("phase \"" + selection.name + "\"");
  check_keys(phase);
  selection.transport = read_transport_model(phase, selection);
  if (const auto elements = phase.find("elements")) selection.elements = read_elements(files, *elements);
  if (is_set(phase, "skip-undeclared-elements")) selection.undeclared_elements = UndeclaredElements::skip;
  if (is_set(phase, "skip-undeclared-third-bodies")) selection.third_bodies = UndeclaredThirdBodies::skip;
  selection.species = read_species_selection(files, phase);
  read_reaction_selection(files, phase, selection);
  return selection;
}

}  // namespace bimetal::chemistry
