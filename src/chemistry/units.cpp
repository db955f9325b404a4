#include "chemistry/units.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "chemistry/mechanism.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {
namespace {

constexpr double avogadro = 6.02214076e26;        // [1/kmol], exact
constexpr double calorie = 4.184;                 // thermochemical [J]
constexpr double largest_exponent = 400.0;        // of a length in the rate constant of a reaction of order 100
constexpr double electronvolt = 1.602176634e-19;  // [J], exact

struct Entry {
  std::string_view name;
  double factor;
  Dimensions dimensions;
};

namespace d = dimensions;
constexpr Dimensions force{1, 1, -2, 0, 0};
constexpr Dimensions volume{3, 0, 0, 0, 0};
constexpr Entry table[] = {
    {"1", 1.0, d::none},
    {"m", 1.0, d::length},
    {"cm", 1e-2, d::length},
    {"mm", 1e-3, d::length},
    {"um", 1e-6, d::length},
    {"nm", 1e-9, d::length},
    {"km", 1e3, d::length},
    {"L", 1e-3, volume},
    {"l", 1e-3, volume},
    {"s", 1.0, d::time},
    {"ms", 1e-3, d::time},
    {"us", 1e-6, d::time},
    {"ns", 1e-9, d::time},
    {"min", 60.0, d::time},
    {"h", 3600.0, d::time},
    {"hr", 3600.0, d::time},
    {"kg", 1.0, d::mass},
    {"g", 1e-3, d::mass},
    {"mg", 1e-6, d::mass},
    {"kmol", 1.0, d::quantity},
    {"mol", 1e-3, d::quantity},
    {"gmol", 1e-3, d::quantity},
    {"mmol", 1e-6, d::quantity},
    {"molec", 1.0 / avogadro, d::quantity},
    {"K", 1.0, d::temperature},
    {"J", 1.0, d::energy},
    {"kJ", 1e3, d::energy},
    {"MJ", 1e6, d::energy},
    {"cal", calorie, d::energy},
    {"kcal", 1e3 * calorie, d::energy},
    {"erg", 1e-7, d::energy},
    {"eV", electronvolt, d::energy},
    {"N", 1.0, force},
    {"dyn", 1e-5, force},
    {"Pa", 1.0, d::pressure},
    {"kPa", 1e3, d::pressure},
    {"MPa", 1e6, d::pressure},
    {"bar", 1e5, d::pressure},
    {"atm", 101325.0, d::pressure},
};

/// Multiplies `unit` by one factor such as "cm^3" or "mol^-1", to the power of sign.
bool multiply(Unit& unit, std::string_view factor, double sign) {
  const std::size_t caret = factor.find('^');
  const std::string_view name = factor.substr(0, caret);
  double exponent = sign;
  if (caret != std::string_view::npos) {
    const auto number = parse_number(factor.substr(caret + 1));
    if (!number || std::abs(*number) > largest_exponent) return false;
    exponent *= *number;
  }
  const auto* const entry = std::find_if(std::begin(table), std::end(table), [&](auto& e) { return e.name == name; });
  if (entry == std::end(table)) return false;
  unit.factor *= std::pow(entry->factor, exponent);
  for (std::size_t i = 0; i < unit.dimensions.size(); ++i) unit.dimensions[i] += exponent * entry->dimensions[i];
  return true;
}

}  // namespace

std::optional<Unit> parse_unit(std::string_view text) {
  Unit unit;
  double sign = 1.0;
  while (true) {
    const std::size_t end = text.find_first_of("*/ ");
    const std::string_view factor = text.substr(0, end);
    if (!factor.empty() && !multiply(unit, factor, sign)) return std::nullopt;
    if (end == std::string_view::npos) return unit;
    if (text[end] == '/') sign = -1.0;
    if (text[end] == '*') sign = 1.0;
    text.remove_prefix(end + 1);
  }
}

std::optional<double> parse_quantity(std::string_view text, double plain, const Dimensions& dimensions) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.find_first_not_of(' ') == std::string_view::npos) return number * plain;
  const auto unit = parse_unit(text);
  if (!unit || unit->dimensions != dimensions) return std::nullopt;
  return number * unit->factor;
}

double UnitSystem::activation_temperature() const { return activation.value_or(energy / quantity / gas_constant); }

double UnitSystem::rate_constant(double order) const {
  return std::pow(length * length * length / quantity, order - 1.0) / time;
}

std::optional<double> activation_temperature(const Unit& unit) {
  if (unit.dimensions == dimensions::molar_energy) return unit.factor / gas_constant;
  if (unit.dimensions == dimensions::energy) return unit.factor * avogadro / gas_constant;
  if (unit.dimensions == dimensions::temperature) return unit.factor;
  return std::nullopt;
}

Dimensions rate_dimensions(double order) { return {3.0 * (order - 1.0), 0.0, -1.0, 1.0 - order, 0.0}; }

}  // namespace bimetal::chemistry
