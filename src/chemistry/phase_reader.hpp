#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chemistry/mechanism_files.hpp"
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
enum class UndeclaredElements { refuse, skip };  // skip: the species that hold them

struct ReactionSection {
  std::vector<Entry> entries;
  UndeclaredSpecies undeclared = UndeclaredSpecies::refuse;
};

/// An element that a phase names, and the section that gives its atomic weight.
struct ElementChoice {
  std::string name;
  std::optional<YamlValue> section;  // none: the usual weight
};

/// What a phase selects from the sections of its file and of others; a file without phases selects everything.
struct PhaseSelection {
  std::string name;
  std::optional<std::vector<ElementChoice>> elements;  // none: whatever the species hold
  UndeclaredElements undeclared_elements = UndeclaredElements::refuse;
  std::vector<Entry> species;
  std::vector<ReactionSection> reactions;
  UndeclaredThirdBodies third_bodies = UndeclaredThirdBodies::refuse;
  std::optional<std::string> transport;  // the model, if it is one that needs transport data of every species
  std::vector<std::string> remarks;      // a sentence each, for the user
};

/// The phase of this name, or the first ideal gas. Local, if reading other files is.
PhaseSelection read_phase(MechanismFiles& files, const std::optional<std::string>& name);

}  // namespace bimetal::chemistry
