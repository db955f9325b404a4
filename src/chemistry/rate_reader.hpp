#pragma once

#include <string>

#include "chemistry/mechanism.hpp"
#include "chemistry/units.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// A rate constant, {A, b, Ea} or [A, b, Ea], of a reaction of this order in concentrations; without Ea it is 0.
/// Refuses numbers with which rates would not be finite. `besides`: a key of the map that somebody else reads. Local.
Arrhenius read_arrhenius(const YamlValue& value, double order, const UnitSystem& units,
                         const std::string& besides = {});

/// A rate constant with the activation energy of Blowers and Masel, {A, b, Ea0, w} or [A, b, Ea0, w]. Local.
struct HeatDependentRate {
  Arrhenius rate;  // without activation energy
  BlowersMasel energy;
};
HeatDependentRate read_blowers_masel(const YamlValue& value, double order, const UnitSystem& units);

/// Broadening parameters; a temperature of 0 switches its term off, as is the custom. Local.
Troe read_troe(const YamlValue& value);
Sri read_sri(const YamlValue& value);
Tsang read_tsang(const YamlValue& value);

}  // namespace bimetal::chemistry
