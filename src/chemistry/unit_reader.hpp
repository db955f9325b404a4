#pragma once

#include "chemistry/units.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// The system `base`, changed by what a "units" block says. Local.
UnitSystem read_unit_system(const YamlValue& block, const UnitSystem& base);

/// A plain number in the file's unit (`plain` in SI), or a number followed by a unit of the given dimensions
/// ("1 atm"); in SI. `what` names the quantity in messages. Local.
double read_quantity(const YamlValue& value, double plain, const Dimensions& dimensions, std::string_view what);

/// An activation energy, over the gas constant [K]. Local.
double read_activation_temperature(const YamlValue& value, const UnitSystem& units);

}  // namespace bimetal::chemistry
