#include "chemistry/mechanism_reader.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "chemistry/atomic_weights.hpp"
#include "chemistry/duplicate_reactions.hpp"
#include "chemistry/key_check.hpp"
#include "chemistry/phase_reader.hpp"
#include "chemistry/species_reader.hpp"

namespace bimetal::chemistry {
namespace {

using AtomicWeights = std::map<std::string, double>;

/// Weights that a section of elements gives, for isotopes and made-up ones.
AtomicWeights read_weights(const std::optional<YamlValue>& section) {
  AtomicWeights weights;
  if (!section) return weights;
  for (const auto& item : section->items()) {
    const std::string symbol = element_symbol(item.at("symbol").text());
    const double weight = item.at("atomic-weight").number();
    check_name(item.at("symbol"), symbol, "element");
    if (!(weight > 0.0)) item.fail("the atomic weight of {} must be positive", symbol);
    weights[symbol] = weight;
  }
  return weights;
}

Element make_element(const std::string& name, const YamlValue& where, const AtomicWeights& own) {
  if (const auto found = own.find(name); found != own.end()) return {name, found->second};
  if (const auto weight = atomic_weight(name)) return {name, *weight};
  where.fail(
      "element \"{}\" has no known atomic weight; add it to an \"elements\" section with its symbol and "
      "atomic-weight",
      name);
}

/// Those of the phase in its order, or, if it names none, those of the species in order of appearance.
std::vector<Element> read_elements(const YamlValue& root, const PhaseSelection& phase,
                                   const std::vector<SpeciesEntry>& species) {
  std::vector<Element> elements;
  if (phase.elements) {
    for (const auto& chosen : *phase.elements)
      elements.push_back(make_element(chosen.name, root, read_weights(chosen.section)));
    return elements;
  }
  const AtomicWeights own = read_weights(root.find("elements"));
  for (const auto& entry : species)
    for (const auto& [name, atoms] : entry.composition)
      if (std::none_of(elements.begin(), elements.end(), [&name = name](const auto& e) { return e.name == name; }))
        elements.push_back(make_element(name, entry.where, own));
  return elements;
}

Species complete(const SpeciesEntry& entry, const Mechanism& mechanism) {
  Species species = entry.species;
  species.atoms.assign(mechanism.n_elements(), 0.0);
  for (const auto& [name, atoms] : entry.composition) {
    const auto e = mechanism.element_index(name);
    if (!e) entry.where.fail("it holds {}, which is not among the elements of the phase", name);
    species.atoms[*e] = atoms;
    species.molecular_weight += atoms * mechanism.elements[*e].atomic_weight;
  }
  constexpr double lightest = 1e-3;  // [kg/kmol]
  constexpr double heaviest = 1e12;
  if (!(species.molecular_weight > lightest && species.molecular_weight < heaviest))
    entry.where.fail("it would weigh {} kg/kmol; check its composition", species.molecular_weight);
  return species;
}

/// Whether the phase wants to do without it, for an element that it does not declare.
bool skipped(const SpeciesEntry& entry, const PhaseSelection& phase) {
  if (phase.undeclared_elements == UndeclaredElements::refuse || !phase.elements) return false;
  return std::ranges::any_of(entry.composition, [&](const auto& part) {
    return std::ranges::none_of(*phase.elements, [&](const auto& element) { return element.name == part.first; });
  });
}

std::vector<SpeciesEntry> read_all_species(const PhaseSelection& phase, const YamlValue& root) {
  std::vector<SpeciesEntry> all;
  std::set<std::string> names;
  for (const auto& entry : phase.species) {
    auto species = read_species(entry.value, entry.units);
    if (skipped(species, phase)) continue;
    if (species.composition.contains("E"))
      species.where.fail(
          "it is charged, and neither diffusion nor balances know charges here; leave ions and electrons out of the "
          "phase "
          "(skip-undeclared-elements: true with elements without E, and reactions: declared-species, do so)");
    const auto& name = species.species.name;
    if (!names.insert(name).second) entry.value.fail("species \"{}\" is there twice; remove one", name);
    if (phase.transport && !species.species.transport)
      species.where.fail("there are no transport data, which the transport model {} of the phase needs; add them",
                         *phase.transport);
    all.push_back(std::move(species));
  }
  if (all.empty()) root.fail("the mechanism has no species");
  return all;
}

void add_reactions(const PhaseSelection& phase, Mechanism& mechanism) {
  std::vector<YamlValue> where;
  for (const auto& section : phase.reactions)
    for (const auto& entry : section.entries) {
      if (section.undeclared == UndeclaredSpecies::skip && !all_declared(entry.value, mechanism)) continue;
      mechanism.reactions.push_back(read_reaction(entry.value, mechanism, entry.units, phase.third_bodies));
      where.push_back(entry.value);
    }
  check_duplicates(mechanism, where);
}

}  // namespace

Mechanism parse_mechanism(const std::string& text, const std::string& source_name, const MechanismOptions& options) {
  MechanismFiles files(text, source_name, options.read_file);
  const PhaseSelection phase = read_phase(files, options.phase);
  const auto& root = files.main().root;
  const auto species = read_all_species(phase, root);

  Mechanism mechanism;
  mechanism.name = phase.name;
  mechanism.source = source_name;
  mechanism.remarks = phase.remarks;
  std::ranges::move(describe_mended(species), std::back_inserter(mechanism.remarks));
  mechanism.elements = read_elements(root, phase, species);
  for (const auto& entry : species) mechanism.species.push_back(complete(entry, mechanism));
  add_reactions(phase, mechanism);
  return mechanism;
}

Mechanism read_mechanism(const std::string& path, const MechanismOptions& options) {
  return parse_mechanism(read_local_file(path), path, options);
}

}  // namespace bimetal::chemistry
