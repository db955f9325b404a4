#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "conduction/face_fluxes.hpp"
#include "conduction/flux_rows.hpp"
#include "conduction/newton.hpp"
#include "conduction/options.hpp"
#include "conduction/tangent_source.hpp"
#include "conduction/time_scheme.hpp"
#include "core/archive.hpp"
#include "core/rows.hpp"
#include "grid/face_grid.hpp"
#include "grid/structured_grid.hpp"
#include "petsc/rows.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::conduction {

/// What a step took and what happened in it, on this rank.
struct StepReport {
  bool completed = true;  // not where a sub-problem has failed: the same on every rank
  int newton_iterations = 0;
  int evaluations = 0;  // of all fluxes
  int linear_iterations = 0;
  double macro_s = 0.0;           // [s], waiting for neighbours included
  double subproblem_s = 0.0;      // [s] in the sub-problem solver
  double residual = 0.0;          // that was left to the last fluxes [K]
  subproblem::BatchReport batch;  // of all evaluations; failures are of this rank: reduce before branching
};

/// Two-scale conduction of heat, c dT/dt = -div q(T, grad T; microstructure) + s: finite volumes with a sub-problem
/// for the flux through each face, implicit in time, BDF2 with a first step of implicit Euler. Second order in space
/// and time.
///
/// A step ends with the fluxes of its last evaluation and the temperatures that follow from just these, so that heat
/// is conserved to round-off, however well Newton's method has converged.
class HeatConduction {
 public:
  /// `grid` has the ends that grid_ends() makes of options.ends. `rows`, `solver` and `source` (null: there is none)
  /// must outlive this object; rows pose what `solver` answers. UserError if options do not fit the grid. Collective.
  HeatConduction(const grid::StructuredGrid& grid, ConductionOptions options,
                 const MicrostructureField& microstructure, const FluxRows& rows,
                 subproblem::SubproblemSolver& solver, TangentSource* source);

  /// Sets every owned cell from the position of its centre [m], [K]. Collective.
  void initialise(const std::function<double(const std::array<double, 3>&)>& temperature);

  /// Advances the state by dt [s]. If a sub-problem fails the state stays as it was. RuntimeFailure, the same on
  /// every rank, if Newton's method does not converge. Collective.
  StepReport advance(double dt, std::int64_t step);

  /// Everything that the next step depends on. Collective.
  void persist(const core::Archive& archive);

  /// Temperatures of the owned cells, [n_owned, 1], x fastest; the view's life must end before the next step. Local.
  petsc::ConstVecRows state() const { return {state_.get(), 1}; }
  /// The temperatures to write, for restarts. Local.
  petsc::VecRows edit_state() { return {state_.get(), 1}; }

  const grid::Extents& extents() const { return cells_.extents(); }
  double time() const { return time_; }  // [s]
  /// [n_owned] of the lower faces of the owned cells along an axis; inert where there is no sub-problem. Local.
  std::span<const subproblem::Provenance> provenance(int axis) const {
    return provenance_[static_cast<std::size_t>(axis)];
  }
  const std::vector<Face>& faces() const { return fluxes_.faces(); }
  /// Heat of the body, over 0 K [J]. Collective.
  double heat() const;
  /// What came in through the ends and from the source so far [J]: heat() changes by just as much.
  double heat_in() const { return heat_in_[0]; }
  /// [n_owned, d] [W/m^2]: each component the mean of the two faces across it. Local.
  core::RowTable flux() const;

 private:
  double end_temperature(std::size_t axis, std::size_t end, double time) const;
  double cell_volume() const;
  void begin_step(double dt);
  NewtonSolver::Report iterate(StepReport& report);
  NewtonSolver::Report solve_from(Vec start, StepReport& report);
  void end_step();
  void find_fluxes(Vec temperature);
  void spread_fluxes();
  void find_residual(Vec temperature, Vec residual);
  void fill_jacobian(Mat jacobian);
  double heat_rate() const;

  ConductionOptions options_;
  grid::StructuredGrid cells_;
  grid::FaceGrid points_;
  FaceFluxes fluxes_;
  NewtonSolver newton_;
  petsc::Handle<Vec> state_, last_state_, unknown_, handed_over_at_, with_ghosts_;
  petsc::Handle<Vec> face_flux_, face_flux_with_ghosts_;  // [n points, d]
  std::vector<double> values_;                            // cells with ghosts, then the temperatures of the ends
  std::vector<double> source_;                            // [n_owned] of this step [W/m^3]
  std::array<std::vector<subproblem::Provenance>, 3> provenance_;
  std::array<double, 6> initial_end_temperature_{};  // [K], 2 * axis + end
  std::array<double, 2> heat_in_{};                  // now and a step before [J]
  double time_ = 0.0, last_dt_ = 0.0;                // [s]

  // Of the step in progress.
  double dt_ = 0.0;
  TimeWeights weights_;
  Tangents tangents_ = Tangents::secant;
  std::int64_t step_ = 0;
  bool failed_ = false;
  bool handed_over_ = false;  // others answer than before in the iteration: its residual is another function
  bool evaluated_ = false;    // the fluxes are those of the temperatures that are asked for next
  StepReport* report_ = nullptr;
};

}  // namespace bimetal::conduction
