#pragma once

#include <string_view>
#include <vector>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// Mass fractions [n_species] of a fuel mixed with air (O2 + 3.76 N2 by mole) at equivalence ratio phi [1]. The fuel
/// is any species of C, H and O that burns to CO2 and H2O. UserError: a species the mechanism lacks, a fuel that
/// holds other elements or does not burn, a negative phi. Local.
std::vector<double> fuel_air_mixture(const Mechanism& mechanism, std::string_view fuel, double phi);

/// Mass fractions of plain air (O2 + 3.76 N2). Local.
std::vector<double> air(const Mechanism& mechanism);

/// Mass of O2 that burns a unit mass of the fuel completely [1]. UserError as above. Local.
double stoichiometric_oxygen(const Mechanism& mechanism, std::string_view fuel);

}  // namespace bimetal::chemistry
