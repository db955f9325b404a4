#include "chemistry/species_reader.hpp"

#include <fmt/ranges.h>

#include <cmath>

#include "chemistry/atomic_weights.hpp"
#include "chemistry/key_check.hpp"
#include "chemistry/thermo_reader.hpp"

namespace bimetal::chemistry {
namespace {

Geometry read_geometry(const YamlValue& value) {
  const std::string word = value.text();
  if (word == "atom") return Geometry::atom;
  if (word == "linear") return Geometry::linear;
  if (word == "nonlinear") return Geometry::nonlinear;
  value.fail("geometry \"{}\" is not one of atom, linear, nonlinear", word);
}

/// A number within bounds that no molecule comes near.
double read_bounded(const YamlValue& value, const char* what, double smallest, double largest) {
  const double number = value.number();
  if (!(number >= smallest && number <= largest))
    value.fail("{} = {} is not between {} and {}; correct it", what, number, smallest, largest);
  return number;
}

LennardJones read_transport(const YamlValue& transport) {
  static const std::vector<std::string> keys{"model",  "geometry",       "well-depth",           "diameter",
                                             "dipole", "polarizability", "rotational-relaxation"};
  static const std::vector<std::string> ignored{"note", "acentric-factor", "dispersion-coefficient",
                                                "quadrupole-polarizability"};
  const std::string model = transport.at("model").text();
  if (model != "gas") transport.fail("transport model \"{}\" is not supported; use gas", model);
  refuse_misspelt_keys(transport, keys, ignored);
  const auto optional_number = [&](const char* key, double largest) {
    const auto value = transport.find(key);
    return value ? read_bounded(*value, key, 0.0, largest) : 0.0;
  };
  LennardJones data;
  data.geometry = read_geometry(transport.at("geometry"));
  data.well_depth = read_bounded(transport.at("well-depth"), "well-depth", 1e-2, 1e5);
  data.diameter = read_bounded(transport.at("diameter"), "diameter", 0.1, 1e4);
  data.dipole = optional_number("dipole", 1e2);
  data.polarizability = optional_number("polarizability", 1e5);
  data.rotational_relaxation = optional_number("rotational-relaxation", 1e6);
  return data;
}

/// Electrons count as an element, so that a cation has fewer than none.
std::map<std::string, double> read_composition(const YamlValue& composition) {
  std::map<std::string, double> atoms;
  for (const auto& [written, count] : composition.entries()) {
    const std::string element = element_symbol(written);
    const double number = count.number();
    if (!(number >= 0.0) && !(element == "E" && std::isfinite(number)))
      count.fail("{} atoms of {}; a species has none or more", number, element);
    if (number != 0.0) atoms[element] += number;
  }
  if (atoms.empty()) composition.fail("it has no atoms; give its composition");
  return atoms;
}

}  // namespace

SpeciesEntry read_species(const YamlValue& entry, const UnitSystem& units) {
  static const std::vector<std::string> keys{"name", "composition", "charge", "thermo", "transport"};
  static const std::vector<std::string> ignored{"note", "notes", "sites", "size", "equation-of-state"};
  const std::string name = entry.at("name").text();
  check_name(entry.at("name"), name, "species");
  const YamlValue where = entry.about("species \"" + name + "\"");
  refuse_misspelt_keys(where, keys, ignored);
  SpeciesEntry result{where, {}, {}, {}};
  result.species.name = name;
  result.composition = read_composition(where.at("composition"));
  if (const auto charge = where.find("charge"); charge && charge->number() != 0.0)
    result.composition.try_emplace("E", -charge->number());
  const YamlValue thermo = where.at("thermo");
  result.species.thermo = read_thermo(thermo, units);
  result.mended = mend_fit(thermo, result.species.thermo);
  if (const auto transport = where.find("transport")) result.species.transport = read_transport(*transport);
  return result;
}

std::vector<std::string> describe_mended(const std::vector<SpeciesEntry>& species) {
  std::vector<std::string> seams, ends;
  for (const auto& entry : species) {
    const auto& name = entry.species.name;
    for (const auto& seam : entry.mended.seams)
      seams.push_back(fmt::format("{} ({:+.3g} K at {:.6g} K)", name, seam.step, seam.T));
    if (entry.mended.T_begin) ends.push_back(fmt::format("{} (below {:.6g} K)", name, *entry.mended.T_begin));
    if (entry.mended.T_end) ends.push_back(fmt::format("{} (above {:.6g} K)", name, *entry.mended.T_end));
  }
  std::vector<std::string> remarks;
  if (!seams.empty())
    remarks.push_back(fmt::format("the ranges of a fit do not meet in enthalpy, so that the upper one was moved: {}",
                                  fmt::join(seams, ", ")));
  if (!ends.empty())
    remarks.push_back(fmt::format(
        "the heat capacity of a fit is not positive in a part of its range, and is continued there by its "
        "last good value: {}",
        fmt::join(ends, ", ")));
  return remarks;
}

}  // namespace bimetal::chemistry
