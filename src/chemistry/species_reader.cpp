#include "chemistry/species_reader.hpp"

#include <algorithm>
#include <cmath>

#include "chemistry/nasa7.hpp"
#include "chemistry/unit_reader.hpp"

namespace bimetal::chemistry {
namespace {

std::array<double, 7> read_coefficients(const YamlValue& list, const std::string& species) {
  const auto items = list.items();
  if (items.size() != 7)
    list.fail("species \"{}\": a NASA7 range has 7 coefficients, here are {}", species, items.size());
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

void check_heat_capacity(const YamlValue& where, const Nasa7& fit, const std::string& species) {
  for (double T : {fit.T_min, fit.T_mid, fit.T_max})
    if (!(evaluate(fit, T, 0.0).cp_R > 0.0))
      where.fail("species \"{}\": the heat capacity at {} K is not positive; check the coefficients", species, T);
}

Nasa7 read_thermo(const YamlValue& thermo, const std::string& species, const UnitSystem& units) {
  const std::string model = thermo.at("model").text();
  if (model != "NASA7")
    thermo.fail("species \"{}\": thermo model \"{}\" is not supported; give NASA7 coefficients", species, model);
  std::vector<double> ranges;
  for (const auto& item : thermo.at("temperature-ranges").items())
    ranges.push_back(read_quantity(item, 1.0, dimensions::temperature, "temperature"));
  const auto data = thermo.at("data").items();
  if (data.empty() || data.size() > 2 || ranges.size() != data.size() + 1)
    thermo.fail("species \"{}\": NASA7 has one or two ranges, here are {} temperatures and {} ranges", species,
                ranges.size(), data.size());
  if (ranges.front() <= 0.0 ||
      std::adjacent_find(ranges.begin(), ranges.end(), std::greater_equal<>()) != ranges.end())
    thermo.fail("species \"{}\": temperature-ranges must be positive and increase", species);

  Nasa7 fit;
  fit.T_min = ranges.front();
  fit.T_max = ranges.back();
  fit.T_mid = data.size() == 2 ? ranges[1] : fit.T_max;
  fit.low = read_coefficients(data.front(), species);
  fit.high = read_coefficients(data.back(), species);
  if (const auto pressure = thermo.find("reference-pressure")) {
    const double value = read_quantity(*pressure, units.pressure, dimensions::pressure, "pressure");
    if (!(value > 0.0)) pressure->fail("species \"{}\": reference-pressure must be positive", species);
    convert_pressure(fit, value);
  }
  check_heat_capacity(thermo, fit, species);
  return fit;
}

Geometry read_geometry(const YamlValue& value, const std::string& species) {
  const std::string word = value.text();
  if (word == "atom") return Geometry::atom;
  if (word == "linear") return Geometry::linear;
  if (word == "nonlinear") return Geometry::nonlinear;
  value.fail("species \"{}\": geometry \"{}\" is not one of atom, linear, nonlinear", species, word);
}

LennardJones read_transport(const YamlValue& transport, const std::string& species) {
  const std::string model = transport.at("model").text();
  if (model != "gas")
    transport.fail("species \"{}\": transport model \"{}\" is not supported; use gas", species, model);
  const auto optional_number = [&](const char* key) {
    const auto value = transport.find(key);
    return value ? value->number() : 0.0;
  };
  LennardJones data;
  data.geometry = read_geometry(transport.at("geometry"), species);
  data.well_depth = transport.at("well-depth").number();
  data.diameter = transport.at("diameter").number();
  data.dipole = optional_number("dipole");
  data.polarizability = optional_number("polarizability");
  data.rotational_relaxation = optional_number("rotational-relaxation");
  if (!(data.well_depth > 0.0 && data.diameter > 0.0))
    transport.fail("species \"{}\": well-depth and diameter must be positive", species);
  return data;
}

std::map<std::string, double> read_composition(const YamlValue& composition, const std::string& species) {
  std::map<std::string, double> atoms;
  for (const auto& [element, count] : composition.entries()) {
    const double number = count.number();
    if (!(number >= 0.0))
      count.fail("species \"{}\": {} atoms of {}; neutral gas species have none or more", species, number, element);
    if (number > 0.0) atoms[element] = number;
  }
  if (atoms.empty()) composition.fail("species \"{}\" has no atoms; give its composition", species);
  return atoms;
}

}  // namespace

SpeciesEntry read_species(const YamlValue& entry, const UnitSystem& units) {
  SpeciesEntry result{entry, {}, {}};
  result.species.name = entry.at("name").text();
  const std::string& name = result.species.name;
  result.composition = read_composition(entry.at("composition"), name);
  result.species.thermo = read_thermo(entry.at("thermo"), name, units);
  if (const auto transport = entry.find("transport")) result.species.transport = read_transport(*transport, name);
  return result;
}

}  // namespace bimetal::chemistry
