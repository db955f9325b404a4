#pragma once

#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/units.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// The list "rate-constants" of a pressure-dependent Arrhenius reaction of this order, {P, A, b, Ea} each, sorted by
/// pressure, with those of the same pressure together. Refuses sums that are not positive: they have no logarithm.
/// Local.
std::vector<RateAtPressure> read_rates_by_pressure(const YamlValue& list, double order, const UnitSystem& units);

/// "temperature-range", "pressure-range" and "data" of a Chebyshev reaction of this order. Local.
Chebyshev read_chebyshev(const YamlValue& reaction, double order, const UnitSystem& units);

}  // namespace bimetal::chemistry
