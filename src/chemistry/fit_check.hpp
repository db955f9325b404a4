#pragma once

#include <string>

#include "chemistry/mechanism.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// Refuses a thermodynamic fit with which temperatures could not be found from enthalpies: ranges that are narrow or
/// far from those of combustion, a heat capacity that is not positive everywhere, properties that are not finite, or
/// two ranges that do not meet. Local.
void check_fit(const YamlValue& where, const Nasa7& fit);

}  // namespace bimetal::chemistry
