#pragma once

#include <petscvec.h>

#include <cstdint>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "core/archive.hpp"
#include "core/rows.hpp"
#include "flow/face_fields.hpp"
#include "flow/face_flux.hpp"
#include "flow/gas_properties.hpp"
#include "flow/velocity.hpp"
#include "grid/structured_grid.hpp"

namespace bimetal::flow {

/// What the state of the scalars is made of.
enum class Form {
  advective,    // T, Y_k: for a velocity that is given
  conservative  // T, rho Y_k: for one that lets the gas expand
};

/// Where rates() takes the transport coefficients lambda, cp, cp_k and rho D_k from. Evaluating them costs as much as
/// all the rest and a half step of many stages changes them little, so that once per half step is enough: of the
/// state it begins with, plus the trend that transport gave them over the half step before the one in which a step
/// begins, which makes it second order in time.
enum class Coefficients {
  fresh,        // of the state
  first_half,   // of the state, extrapolated to the middle of a half step: the first of a step
  second_half,  // the same for the second
  held          // as they were last time
};

/// The gas that enters at inflows: T, Y_1..Y_N by axis and end; empty where there is no inflow.
using InflowGas = ByEnd<std::vector<double>>;

/// Right-hand side of advection and diffusion of the scalars of an ideal gas,
///   rho cp (dT/dt + u.grad T) = div(lambda grad T) - sum_k cp_k j_k.grad T + dp/dt,
/// and of the species in one of two forms,
///   advective     rho (dY_k/dt + u.grad Y_k) = -div j_k,      rho = p W / (R T),
///   conservative  d(rho Y_k)/dt + div(rho u Y_k) = -div j_k,  rho = sum_k rho Y_k,
/// second order in space (face_flux.hpp has the fluxes). In conservative form the density carried through a face is
/// that of an ideal gas of the T and Y carried through it: then rho stays p W / (R T) to second order if u diverges
/// as the gas expands, and the mass of every species is conserved to round-off whatever u does.
///
/// The advective form is for a velocity that knows nothing of the gas: mass is not conserved where rho varies in
/// time, but a uniform state rests, and the Y go on summing to one. Radiation, Soret and Dufour effects and viscous
/// heating are neglected.
class ScalarTransport {
 public:
  /// `grid` must have 1 + n_species components and outlive this object. pressure [Pa]. UserError: the model needs
  /// transport data that a species lacks. Local.
  ScalarTransport(const grid::StructuredGrid& grid, const chemistry::Mechanism& mechanism, double pressure,
                  TransportModel model = TransportModel::constant_lewis, Form form = Form::advective,
                  InflowGas inflow = {});

  /// Thermodynamic pressure [Pa] and how fast it rises [Pa/s]. Local.
  void set_pressure(double pressure, double rise);

  /// rate = right-hand side at `state` (both global vectors). Exchanges halos. Collective.
  void rates(Vec state, const FaceVelocities& velocities, Vec rate, Coefficients coefficients = Coefficients::fresh);
  /// What rates() remembers from one step to the next. Collective.
  void persist(const core::Archive& archive);
  /// Without a trend from now on, until there is one. Local.
  void forget_trend();

  /// Bound on the spectral radius of diffusion [1/s] in the state that rates() has last seen; the same on every rank.
  /// RuntimeFailure on every rank if that state is not finite or has lost its positive temperature. Collective.
  double diffusion_bound() const;

  GasProperties& properties() { return properties_; }
  const GasProperties& properties() const { return properties_; }

 private:
  void take_densities(core::Rows cells);
  template <class Visit>
  void for_inflow_ghosts(Visit visit) const;
  template <class Visit>
  void for_diffusing_cells(Visit visit) const;
  void update_gas(core::ConstRows cells, Coefficients coefficients);
  void extrapolate(Coefficients coefficients);
  DiffusingCell diffusing(std::int64_t cell, core::ConstRows cells) const;
  void fill_faces(std::int64_t first_cell, std::int64_t stride, core::ConstRows cells, const double* velocity,
                  double spacing, std::span<FaceFlux> faces) const;
  void sweep(std::size_t axis, core::ConstRows cells, const std::vector<double>& velocity, core::Rows rate) const;

  const grid::StructuredGrid* grid_;
  GasProperties properties_;
  Form form_;
  InflowGas inflow_;
  double pressure_rise_ = 0.0;   // [Pa/s]
  petsc::Handle<Vec> ghosted_;   // the state with its halo
  std::vector<double> density_;  // [n ghosted cells] in conservative form [kg/m^3]
  std::vector<CellGas> gas_;     // [n ghosted cells]
  core::RowTable species_cp_;    // [n ghosted cells, n_species] [J/kg/K]
  core::RowTable rho_D_;         // [n ghosted cells, n_species] [kg/m/s]
  // As evaluated for the last second half step, and the trend since; rows of lambda, 1 / cp, cp_k, rho D_k.
  core::RowTable second_half_, trend_;  // [n ghosted cells, 2 + 2 n_species], empty if there is none
  std::vector<bool> beyond_inflow_;     // [n ghosted cells] ghosts with the gas that enters, which has no trend
};

}  // namespace bimetal::flow
