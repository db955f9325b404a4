#pragma once

#include <cstddef>
#include <span>

namespace bimetal::flow {

/// What transport needs to know of the gas in a cell.
struct CellGas {
  double volume = 0.0;                 // per mass, 1 / rho [m^3/kg]
  double inverse_heat_capacity = 0.0;  // 1 / (rho cp) [m^3 K/J]
  double conductivity_over_cp = 0.0;   // lambda / cp [kg/m/s]
  double conductivity = 0.0;           // lambda [W/m/K]
};

/// The four rows T, Y_1..Y_N [1 + n_species] around a face, along its axis; the face lies between left and right.
struct FaceStencil {
  const double* far_left;
  const double* left;
  const double* right;
  const double* far_right;
};

/// What a cell needs from one of its faces.
struct FaceFlux {
  double velocity = 0.0;  // normal to the face [m/s]
  double enthalpy = 0.0;  // sum_k cp_k j_k dT/dn: heat carried by the diffusing species [W/m^3]
  double* value;          // [1 + n_species] what the flow carries through it: T [K], Y
  double* flux;           // [1 + n_species] what diffuses through it: heat [W/m^2], masses j_k [kg/m^2/s]
};

/// Upwind value at the face, second order where smooth, between its neighbours everywhere: van Leer's limited
/// slope (J. Comput. Phys. 14 (1974) 361). Limiting every species on its own would spoil sum_k Y_k = 1, so among
/// the corrections to the upwind Y the positive or the negative ones, whichever are larger in sum, are scaled down
/// to balance the others: the corrections shrink but keep their signs, and with them the bounds. Local.
void reconstruct(const FaceStencil& stencil, double velocity, std::size_t n_species, double* value);

/// Diffusive fluxes at the face by central differences, coefficients averaged between the two cells; fills
/// `flux` and `enthalpy`. Lewis numbers are constant and a correction velocity makes the mass fluxes sum to zero:
///   j_k = -rho D_k dY_k/dn + Y_k sum_j rho D_j dY_j/dn,  rho D_k = (lambda / cp) / Le_k.
/// left, right: rows; left_cp, right_cp: [n_species] cp_k [J/kg/K]; spacing between the cells' centres [m].
/// Poinsot & Veynante, Theoretical and Numerical Combustion (2005), sec. 1.1.4 (correction velocity). Local.
void diffuse(const double* left, const double* right, const CellGas& left_gas, const CellGas& right_gas,
             const double* left_cp, const double* right_cp, std::span<const double> inverse_lewis, double spacing,
             FaceFlux& face);

/// Adds to `rate` [1 + n_species] what the two faces of one axis do to a cell with row `state`:
///   dT/dt   = -u dT/dx - (dq/dx + sum_k cp_k j_k dT/dx) / (rho cp),   dY_k/dt = -u dY_k/dx - (dj_k/dx) / rho,
/// with u dphi/dx as (u_high (phi_high - phi) - u_low (phi_low - phi)) / spacing. Local.
void accumulate(const double* state, const CellGas& gas, const FaceFlux& low, const FaceFlux& high, double spacing,
                std::size_t n_species, double* rate);

}  // namespace bimetal::flow
