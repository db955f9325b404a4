#pragma once

namespace bimetal::chemistry {

/// Reduced collision integrals of the Stockmayer (12-6-3) potential, averaged over the orientations of two dipoles;
/// without dipoles the Lennard-Jones potential. They are the ratio of a transport cross section to that of hard
/// spheres. L. Monchick & E. A. Mason, J. Chem. Phys. 35 (1961) 1676, tables of Omega(2,2)* and A*, interpolated by
/// cubics in ln T* and in delta*.
///
/// T_star: temperature over the well depth [1]; delta_star: mu^2 / (2 epsilon sigma^3) of the dipoles [1]. The tables
/// reach from T* 0.2 to 100, beyond which the integrals go on as powers of T*, and to delta* 2.5, above which they
/// stay. All functions Local.
///
/// Why tables: the closed fits of Neufeld, Janzen & Aziz (J. Chem. Phys. 57 (1972) 1100) with the polar term of
/// Brokaw (Ind. Eng. Chem. Process Des. Dev. 8 (1969) 240) agree with them to 0.6 % without dipoles, but between 300
/// and 3000 K they are off by up to 4.0 % for the viscosity of water, 2.6 % for its self-diffusion and 1.1 % for
/// formaldehyde's viscosity.
double collision_integral_22(double T_star, double delta_star);     // of viscosity
double collision_integral_11(double T_star, double delta_star);     // of diffusion
double collision_integral_ratio(double T_star, double delta_star);  // A*: the first over the second

}  // namespace bimetal::chemistry
