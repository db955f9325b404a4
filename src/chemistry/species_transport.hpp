#pragma once

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// Transport properties of dilute gases by the first approximation of Chapman and Enskog for the Stockmayer
/// potential: Hirschfelder, Curtiss & Bird, Molecular Theory of Gases and Liquids (1954), ch. 8; Kee, Coltrin &
/// Glarborg, Chemically Reacting Flow (2003), ch. 12. Every species must have transport data. These are the slow
/// originals: mixtures are computed by MixtureAveragedTransport, which is fitted to them. All functions Local.

/// Dynamic viscosity of a pure species at T [K]; [Pa s].
double species_viscosity(const Species& species, double T);

/// Thermal conductivity of a pure species at T [K], where its heat capacity is cp [J/kg/K]; [W/m/K]. Translation,
/// rotation and the rest of the heat capacity carry a part each, the first two coupled by the relaxation of rotation:
/// E. A. Mason & L. Monchick, J. Chem. Phys. 36 (1962) 1622, in the form of Kee et al.; the relaxation's dependence
/// on temperature: J. G. Parker, Phys. Fluids 2 (1959) 449. As is usual the resonant exchange of rotation, which
/// slows the diffusion of energy between strongly polar molecules, is left out: cool steam conducts too well (600 K:
/// 29 %).
double species_conductivity(const Species& species, double T, double cp);

/// Binary diffusivity of two species, or of a species in itself, at T [K] and p [Pa]; [m^2/s]. Symmetric. A polar and
/// a nonpolar molecule attract by the dipole induced in the latter.
double binary_diffusivity(const Species& a, const Species& b, double T, double p);

}  // namespace bimetal::chemistry
