#include "chemistry/species_reader.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "chemistry/fit_check.hpp"
#include "chemistry/key_check.hpp"
#include "chemistry/unit_reader.hpp"

namespace bimetal::chemistry {
namespace {

std::array<double, 7> read_coefficients(const YamlValue& list) {
  const auto items = list.items();
  if (items.size() != 7) list.fail("a NASA7 range has 7 coefficients, here are {}", items.size());
  std::array<double, 7> values{};
  std::transform(items.begin(), items.end(), values.begin(), [](const YamlValue& item) { return item.number(); });
  return values;
}

/// Refers a fit made for another standard pressure to that of the program.
void convert_pressure(Nasa7& fit, double reference_pressure) {
  const double shift = std::log(reference_pressure / standard_pressure);
  fit.low[6] += shift;
  fit.high[6] += shift;
}

Nasa7 read_thermo(const YamlValue& thermo, const UnitSystem& units) {
  static const std::vector<std::string> keys{"model", "temperature-ranges", "data", "reference-pressure"};
  static const std::vector<std::string> ignored{"note"};
  const std::string model = thermo.at("model").text();
  if (model != "NASA7") thermo.fail("thermo model \"{}\" is not supported; give NASA7 coefficients", model);
  refuse_misspelt_keys(thermo, keys, ignored);
  std::vector<double> ranges;
  for (const auto& item : thermo.at("temperature-ranges").items())
    ranges.push_back(read_quantity(item, 1.0, dimensions::temperature, "temperature"));
  const auto data = thermo.at("data").items();
  if (data.empty() || data.size() > 2 || ranges.size() != data.size() + 1)
    thermo.fail("NASA7 has one or two ranges, here are {} temperatures and {} ranges", ranges.size(), data.size());
  if (std::adjacent_find(ranges.begin(), ranges.end(), std::greater_equal<>()) != ranges.end())
    thermo.fail("temperature-ranges must increase");

  Nasa7 fit;
  fit.T_min = ranges.front();
  fit.T_max = ranges.back();
  fit.T_mid = data.size() == 2 ? ranges[1] : fit.T_max;
  fit.low = read_coefficients(data.front());
  fit.high = read_coefficients(data.back());
  if (const auto pressure = thermo.find("reference-pressure")) {
    const double value = read_quantity(*pressure, units.pressure, dimensions::pressure, "pressure");
    if (!(value > 0.0)) pressure->fail("reference-pressure must be positive");
    convert_pressure(fit, value);
  }
  check_fit(thermo, fit);
  return fit;
}

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

std::map<std::string, double> read_composition(const YamlValue& composition) {
  std::map<std::string, double> atoms;
  for (const auto& [element, count] : composition.entries()) {
    const double number = count.number();
    if (!(number >= 0.0)) count.fail("{} atoms of {}; neutral gas species have none or more", number, element);
    if (number > 0.0) atoms[element] = number;
  }
  if (atoms.empty()) composition.fail("it has no atoms; give its composition");
  return atoms;
}

}  // namespace

SpeciesEntry read_species(const YamlValue& entry, const UnitSystem& units) {
  static const std::vector<std::string> keys{"name", "composition", "thermo", "transport"};
  static const std::vector<std::string> ignored{"note", "notes", "sites", "size", "equation-of-state"};
  const std::string name = entry.at("name").text();
  check_name(entry.at("name"), name, "species");
  const YamlValue where = entry.about("species \"" + name + "\"");
  refuse_misspelt_keys(where, keys, ignored);
  SpeciesEntry result{where, {}, {}};
  result.species.name = name;
  result.composition = read_composition(where.at("composition"));
  result.species.thermo = read_thermo(where.at("thermo"), units);
  if (const auto transport = where.find("transport")) result.species.transport = read_transport(*transport);
  return result;
}

}  // namespace bimetal::chemistry
