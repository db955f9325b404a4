#pragma once

#include "chemistry/mechanism.hpp"
#include "chemistry/units.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// Reads the "thermo" of a species as the format's models NASA7, NASA9, Shomate or constant-cp say, all of which are
/// polynomials that a ThermoFit holds; entropies are referred to the program's standard pressure. Local.
ThermoFit read_thermo(const YamlValue& thermo, const UnitSystem& units);

}  // namespace bimetal::chemistry
