#pragma once

#include <optional>
#include <vector>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// Lewis number lambda / (rho cp D) of every species as a trace in air (O2 : N2 = 21 : 79 by mole) at 1000 K, from
/// molecular data by species_transport.hpp and the rules of MixtureAveragedTransport. At that temperature those of
/// methane flames are within 7 % of the published table that SimpleTransport has. They fall as the gas gets hotter
/// (propane: 1.96 at 300 K, 1.82 at 1000 K, 1.79 at 2000 K), and do not depend on pressure. Nothing for a species
/// without transport data, and for all if the mechanism lacks O2 or N2, or their data. Local.
std::vector<std::optional<double>> lewis_numbers_in_air(const Mechanism& mechanism);

}  // namespace bimetal::chemistry
