#include "chemistry/unit_reader.hpp"

#include <algorithm>
#include <cmath>

namespace bimetal::chemistry {
namespace {

Unit require_unit(const YamlValue& value, std::string_view text) {
  const auto unit = parse_unit(text);
  if (!unit) value.fail("\"{}\" is not a known unit; use units such as cm, mol, s, cal/mol, K", text);
  return *unit;
}

double unit_of(const YamlValue& value, const Dimensions& dimensions, std::string_view what) {
  const std::string text = value.text();
  const Unit unit = require_unit(value, text);
  if (unit.dimensions != dimensions) value.fail("\"{}\" is not a unit of {}", text, what);
  return unit.factor;
}

struct NumberAndUnit {
  double number;
  std::optional<Unit> unit;
};

NumberAndUnit read_number_and_unit(const YamlValue& value) {
  const std::string text = value.text();
  const std::size_t blank = text.find(' ');
  const auto number = parse_number(std::string_view(text).substr(0, blank));
  if (!number) value.fail("\"{}\" is not a number, with or without a unit", text);
  if (blank == std::string::npos) return {*number, std::nullopt};
  return {*number, require_unit(value, std::string_view(text).substr(blank + 1))};
}

double require_finite(const YamlValue& value, double number) {
  if (!std::isfinite(number)) value.fail("\"{}\" is too large; correct it or its unit", value.text());
  return number;
}

bool same(const Dimensions& a, const Dimensions& b) {
  return std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) { return std::abs(x - y) < 1e-6; });
}

}  // namespace

UnitSystem read_unit_system(const YamlValue& block, const UnitSystem& base) {
  UnitSystem units = base;
  for (const auto& [key, value] : block.entries()) {
    if (key == "length")
      units.length = unit_of(value, dimensions::length, key);
    else if (key == "time")
      units.time = unit_of(value, dimensions::time, key);
    else if (key == "quantity")
      units.quantity = unit_of(value, dimensions::quantity, key);
    else if (key == "energy")
      units.energy = unit_of(value, dimensions::energy, key);
    else if (key == "pressure")
      units.pressure = unit_of(value, dimensions::pressure, key);
    else if (key == "mass")
      unit_of(value, dimensions::mass, key);  // no number of a mechanism has mass
    else if (key == "temperature") {
      if (value.text() != "K") value.fail("temperatures in \"{}\" are not supported; give them in K", value.text());
    } else if (key == "activation-energy") {
      units.activation = activation_temperature(require_unit(value, value.text()));
      if (!units.activation) value.fail("\"{}\" is not a unit of activation energy", value.text());
    } else {
      value.fail(
          "unknown entry \"{}\" of units; known are length, time, quantity, mass, energy, pressure, "
          "temperature and activation-energy",
          key);
    }
  }
  return units;
}

double read_quantity(const YamlValue& value, double plain, const Dimensions& dimensions, std::string_view what) {
  const auto [number, unit] = read_number_and_unit(value);
  if (unit && !same(unit->dimensions, dimensions))
    value.fail("\"{}\" has not the dimensions of {}", value.text(), what);
  return require_finite(value, number * (unit ? unit->factor : plain));
}

double read_activation_temperature(const YamlValue& value, const UnitSystem& units) {
  const auto [number, unit] = read_number_and_unit(value);
  const auto factor = unit ? activation_temperature(*unit) : units.activation_temperature();
  if (!factor) value.fail("\"{}\" is not an activation energy", value.text());
  return require_finite(value, number * *factor);
}

}  // namespace bimetal::chemistry
