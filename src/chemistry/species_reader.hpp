#pragma once

#include <map>
#include <string>
#include <vector>

#include "chemistry/fit_check.hpp"
#include "chemistry/mechanism.hpp"
#include "chemistry/units.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// An entry of a species list, with the composition by element names: the elements are not known before all species
/// have been read.
struct SpeciesEntry {
  YamlValue where;
  Species species;                            // without atoms and molecular weight
  std::map<std::string, double> composition;  // element -> atoms
  MendedFit mended;                           // what was done to its fit
};

/// Reads one entry of a species list. Local.
SpeciesEntry read_species(const YamlValue& entry, const UnitSystem& units);

/// A sentence for every kind of mending, with the names of the species that it concerns. Local.
std::vector<std::string> describe_mended(const std::vector<SpeciesEntry>& species);

}  // namespace bimetal::chemistry
