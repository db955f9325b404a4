#pragma once

#include <string>

#include "chemistry/mechanism.hpp"
#include "chemistry/units.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// A rate constant, {A, b, Ea} or [A, b, Ea], of a reaction of this order in concentrations. Refuses numbers with
/// which rates would not be finite. Local.
Arrhenius read_arrhenius(const YamlValue& value, double order, const UnitSystem& units);

/// Broadening parameters; a temperature of 0 switches its term off, as is the custom. Local.
Troe read_troe(const YamlValue& value);

}  // namespace bimetal::chemistry
