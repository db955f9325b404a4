#include "chemistry/thermo_reader.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "chemistry/key_check.hpp"
#include "chemistry/unit_reader.hpp"

namespace bimetal::chemistry {
namespace {

// Ends of a fit that names none [K].
constexpr double T_coldest = 200.0;
constexpr double T_hottest = 6000.0;

const std::vector<std::string> notes{"note", "notes"};

/// The coefficients of a range, in the order of the format, and what they make of it.
struct Model {
  const char* name;
  std::size_t n_coefficients;
  std::size_t most_ranges;
  FitRange (*range)(const std::vector<double>& c);
};

FitRange range_of_seven(const std::vector<double>& c) {
  FitRange range;
  std::copy(c.begin(), c.end(), range.a.begin());
  return range;
}

FitRange range_of_nine(const std::vector<double>& c) {
  FitRange range;
  std::copy(c.begin(), c.begin() + 2, range.reciprocal.begin());
  std::copy(c.begin() + 2, c.end(), range.a.begin());
  return range;
}

/// With t = T / 1000 K: cp = A + B t + C t^2 + D t^3 + E / t^2 [J/mol/K], h = A t + ... - E / t + F [kJ/mol],
/// s = A ln t + ... - E / (2 t^2) + G [J/mol/K]. NIST Chemistry WebBook.
FitRange range_of_shomate(const std::vector<double>& c) {
  constexpr double R = 1e-3 * gas_constant;  // [J/mol/K]
  constexpr double kilo = 1e3;
  FitRange range;
  for (std::size_t i = 0; i < 4; ++i) range.a[i] = c[i] / R / std::pow(kilo, static_cast<double>(i));
  range.reciprocal[0] = c[4] / R * kilo * kilo;
  range.a[5] = c[5] / R * kilo;
  range.a[6] = c[6] / R - range.a[0] * std::log(kilo);
  return range;
}

constexpr std::size_t any_number = 100;
constexpr Model models[] = {
    {"NASA7", 7, 2, range_of_seven}, {"NASA9", 9, any_number, range_of_nine}, {"Shomate", 7, 2, range_of_shomate}};

std::vector<double> read_coefficients(const YamlValue& list, const Model& model) {
  std::vector<double> values;
  for (const auto& item : list.items()) values.push_back(item.number());
  if (values.size() != model.n_coefficients)
    list.fail("a {} range has {} coefficients, here are {}", model.name, model.n_coefficients, values.size());
  return values;
}

ThermoFit read_ranges(const YamlValue& thermo, const Model& model) {
  static const std::vector<std::string> keys{"model", "temperature-ranges", "data", "reference-pressure"};
  refuse_misspelt_keys(thermo, keys, notes);
  ThermoFit fit;
  for (const auto& item : thermo.at("temperature-ranges").items())
    fit.T.push_back(read_quantity(item, 1.0, dimensions::temperature, "temperature"));
  const auto data = thermo.at("data").items();
  if (data.empty() || data.size() > model.most_ranges || fit.T.size() != data.size() + 1)
    thermo.fail("{} has {} ranges, here are {} temperatures and {} ranges", model.name,
                model.most_ranges == any_number ? "one or more" : "one or two", fit.T.size(), data.size());
  if (std::adjacent_find(fit.T.begin(), fit.T.end(), std::greater_equal<>()) != fit.T.end())
    thermo.fail("temperature-ranges must increase");
  for (const auto& item : data) fit.ranges.push_back(model.range(read_coefficients(item, model)));
  return fit;
}

ThermoFit read_constant(const YamlValue& thermo, const UnitSystem& units) {
  static const std::vector<std::string> keys{"model", "T0",    "h0",    "s0",
                                             "cp0",   "T-min", "T-max", "reference-pressure"};
  refuse_misspelt_keys(thermo, keys, notes);
  constexpr Dimensions molar_entropy{2.0, 1.0, -2.0, -1.0, -1.0};
  const auto number = [&](const char* key, double fallback, double plain, const Dimensions& dimensions) {
    const auto value = thermo.find(key);
    return value ? read_quantity(*value, plain, dimensions, key) : fallback;
  };
  const double plain_energy = units.energy / units.quantity;
  const double T0 = number("T0", 298.15, 1.0, dimensions::temperature);
  if (!(T0 > 0.0)) thermo.fail("T0 must be positive");
  const double cp_R = number("cp0", 0.0, plain_energy, molar_entropy) / gas_constant;
  FitRange range;
  range.a[0] = cp_R;
  range.a[5] = number("h0", 0.0, plain_energy, dimensions::molar_energy) / gas_constant - cp_R * T0;
  range.a[6] = number("s0", 0.0, plain_energy, molar_entropy) / gas_constant - cp_R * std::log(T0);
  return {{number("T-min", T_coldest, 1.0, dimensions::temperature),
           number("T-max", T_hottest, 1.0, dimensions::temperature)},
          {range}};
}

ThermoFit read_fit(const YamlValue& thermo, const UnitSystem& units) {
  const std::string name = thermo.at("model").text();
  if (name == "constant-cp") return read_constant(thermo, units);
  for (const auto& model : models)
    if (name == model.name) return read_ranges(thermo, model);
  thermo.fail("thermo model \"{}\" is not supported; give NASA7, NASA9, Shomate or constant-cp data", name);
}

/// Refers a fit made for another standard pressure to that of the program.
void convert_pressure(ThermoFit& fit, double reference_pressure) {
  for (auto& range : fit.ranges) range.a[6] += std::log(reference_pressure / standard_pressure);
}

}  // namespace

ThermoFit read_thermo(const YamlValue& thermo, const UnitSystem& units) {
  ThermoFit fit = read_fit(thermo, units);
  const auto pressure = thermo.find("reference-pressure");
  if (!pressure) return fit;
  const double value = read_quantity(*pressure, units.pressure, dimensions::pressure, "pressure");
  if (!(value > 0.0)) pressure->fail("reference-pressure must be positive");
  convert_pressure(fit, value);
  return fit;
}

}  // namespace bimetal::chemistry
