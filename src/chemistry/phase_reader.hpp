#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chemistry/reaction_reader.hpp"
#include "chemistry/units.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// A list entry and the units that hold for it.
struct Entry {
  YamlValue value;
  UnitSystem units;
};

enum class UndeclaredSpecies { refuse, skip };

struct ReactionSection {
  std::vector<Entry> entries;
  UndeclaredSpecies undeclared = UndeclaredSpecies::refuse;
};

/// What the first phase of a file selects from the file's sections; a file without phases selects everything.
struct PhaseSelection {
  std::string name;
  std::optional<std::vector<std::string>> elements;  // none: whatever the species hold
  std::vector<Entry> species;
  std::vector<ReactionSection> reactions;
  UndeclaredThirdBodies third_bodies = UndeclaredThirdBodies::refuse;
  std::optional<std::string> transport;  // the model, if it is one that needs transport data of every species
};

/// Local.
PhaseSelection read_phase(const YamlValue& root, const UnitSystem& units);

}  // namespace bimetal::chemistry
