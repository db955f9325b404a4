#pragma once

#include <petscvec.h>

#include <cstdint>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "core/rows.hpp"
#include "flow/face_flux.hpp"
#include "flow/gas_properties.hpp"
#include "flow/velocity.hpp"
#include "grid/structured_grid.hpp"

namespace bimetal::flow {

/// How fast transport can be, which bounds explicit steps; the same on every rank.
struct TransportBounds {
  double diffusion = 0.0;  // bound on the spectral radius of the diffusion operator [1/s]
  double advection = 0.0;  // sum over the axes of the largest |u| / dx [1/s]
};

/// Right-hand side of advection and diffusion of the scalars T, Y_1..Y_N of an ideal gas at constant pressure:
///   rho cp (dT/dt + u.grad T) = div(lambda grad T) - sum_k cp_k j_k.grad T
///   rho (dY_k/dt + u.grad Y_k) = -div j_k
/// second order in space (face_flux.hpp has the fluxes).
///
/// The model, honestly: u is given, not solved for. The gas expands where it is heated (rho = p W / (R T)), but
/// the flow this would drive is left out, so with a rho that varies in time the mass of a species in the box is not
/// conserved; what holds to round-off is sum_k dY_k/dt = 0, rest of a uniform state, and, for uniform rho and a u
/// without divergence, the mass of every species. Radiation, Soret and Dufour effects and viscous heating are
/// neglected.
class ScalarTransport {
 public:
  /// `grid` must have 1 + n_species components and outlive this object. pressure [Pa]. UserError: the model needs
  /// transport data that a species lacks. Local.
  ScalarTransport(const grid::StructuredGrid& grid, const chemistry::Mechanism& mechanism, double pressure,
                  TransportModel model = TransportModel::constant_lewis);

  /// rate = right-hand side at `state` (both global vectors). Exchanges halos. Collective.
  void rates(Vec state, const FaceVelocities& velocities, Vec rate);

  /// RuntimeFailure on every rank if the state is not finite or has lost its positive temperature. Collective.
  TransportBounds bounds(Vec state, const FaceVelocities& velocities);

 private:
  void update_gas(core::ConstRows cells);
  DiffusingCell diffusing(std::int64_t cell, core::ConstRows cells) const;
  void fill_faces(std::int64_t first_cell, std::int64_t stride, core::ConstRows cells, const double* velocity,
                  double spacing, std::span<FaceFlux> faces) const;
  void sweep(std::size_t axis, core::ConstRows cells, const std::vector<double>& velocity, core::Rows rate) const;

  const grid::StructuredGrid* grid_;
  GasProperties properties_;
  petsc::Handle<Vec> ghosted_;  // the state with its halo
  std::vector<CellGas> gas_;    // [n ghosted cells]
  core::RowTable species_cp_;   // [n ghosted cells, n_species] [J/kg/K]
  core::RowTable rho_D_;        // [n ghosted cells, n_species] [kg/m/s]
};

}  // namespace bimetal::flow
