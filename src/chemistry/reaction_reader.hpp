#pragma once

#include "chemistry/equation.hpp"
#include "chemistry/mechanism.hpp"
#include "chemistry/third_body_reader.hpp"
#include "chemistry/units.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// The equation of an entry of a reaction list; a UserError if it cannot be parsed. Local.
Equation read_equation(const YamlValue& entry);

/// Whether the species of the equation, and those with orders of their own, are all in `mechanism`. Local.
bool all_declared(const YamlValue& entry, const Mechanism& mechanism);

/// Reads one entry of a reaction list between species of `mechanism`, whose elements must balance. Local.
Reaction read_reaction(const YamlValue& entry, const Mechanism& mechanism, const UnitSystem& units,
                       UndeclaredThirdBodies undeclared);

}  // namespace bimetal::chemistry
