#pragma once

#include <cstddef>

#include "flow/gas_properties.hpp"

namespace bimetal::flow {

/// The four rows T, Y_1..Y_N [1 + n_species] around a face, along its axis; the face lies between left and right.
struct FaceStencil {
  const double* far_left;
  const double* left;
  const double* right;
  const double* far_right;
};

/// All of a cell that diffusion through its faces depends on.
struct DiffusingCell {
  const CellGas& gas;
  const double* row;         // [1 + n_species] T, Y
  const double* species_cp;  // [n_species] cp_k [J/kg/K]
  const double* rho_D;       // [n_species] rho D_k [kg/m/s]
};

/// What a cell needs from one of its faces.
struct FaceFlux {
  double velocity = 0.0;  // normal to the face [m/s]
  double mass = 0.0;      // flux of mass through it, in conservative form [kg/m^2/s]
  double enthalpy = 0.0;  // sum_k cp_k j_k dT/dn: heat carried by the diffusing species [W/m^3]
  double* value;          // [1 + n_species] what the flow carries through it: T [K], Y
  double* flux;           // [1 + n_species] what diffuses through it: heat [W/m^2], masses j_k [kg/m^2/s]
};

/// Upwind value at the face, second order where smooth, between its neighbours everywhere: van Leer's limited
/// slope (J. Comput. Phys. 14 (1974) 361). Limiting every species on its own would spoil sum_k Y_k = 1, so among
/// the corrections to the upwind Y the positive or the negative ones, whichever are larger in sum, are scaled down
/// to balance the others: the corrections shrink but keep their signs, and with them the bounds. Local.
void reconstruct(const FaceStencil& stencil, double velocity, std::size_t n_species, double* value);

/// Diffusive fluxes at the face by central differences, properties averaged between the two cells; fills `flux` and
/// `enthalpy`. With W the driving weight, and a correction velocity that makes the mass fluxes sum to zero,
///   j_k = i_k - Y_k sum_j i_j,   i_k = -rho D_k (dY_k/dn + Y_k d(ln W)/dn).
/// The bracket is (W_k / W) dX_k/dn for a W that is the mean molecular weight, dY_k/dn for a constant one, and 0 to
/// the bit between equal cells. `spacing` between the cells' centres [m].
/// Poinsot & Veynante, Theoretical and Numerical Combustion (2005), sec. 1.1.4 (correction velocity). Local.
void diffuse(const DiffusingCell& left, const DiffusingCell& right, std::size_t n_species, double spacing,
             FaceFlux& face);

/// Adds to `rate` [1 + n_species] what the two faces of one axis do to a cell with row `state`:
///   dT/dt   = -u dT/dx - (dq/dx + sum_k cp_k j_k dT/dx) / (rho cp),   dY_k/dt = -u dY_k/dx - (dj_k/dx) / rho,
/// with u dphi/dx as (u_high (phi_high - phi) - u_low (phi_low - phi)) / spacing. Local.
void accumulate_advective(const double* state, const CellGas& gas, const FaceFlux& low, const FaceFlux& high,
                          double spacing, std::size_t n_species, double* rate);

/// The same in conservative form: `rate` is of T and of the partial densities rho Y_k, `state` still T, Y, and 1 /
/// rho is gas.volume. With m the flux of mass through a face, d(rho Y_k)/dt = -d(m Y_k + j_k)/dx, and T is carried by
/// m / rho in place of u, so that a uniform T stays uniform whatever m does. Local.
void accumulate_conservative(const double* state, const CellGas& gas, const FaceFlux& low, const FaceFlux& high,
                             double spacing, std::size_t n_species, double* rate);

}  // namespace bimetal::flow
