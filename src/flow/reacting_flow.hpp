#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/archive.hpp"
#include "core/rows.hpp"
#include "flow/initial.hpp"
#include "grid/structured_grid.hpp"
#include "petsc/rows.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::flow {

/// What a step took and what happened in it, on this rank.
struct StepReport {
  double transport_s = 0.0;          // [s], waiting for neighbours included
  double pressure_s = 0.0;           // [s] for momentum and pressure
  double chemistry_s = 0.0;          // [s] in the sub-problem solver
  int substeps = 0;                  // of both transport half steps together
  int stages = 0;                    // the most in one substep
  int evaluations = 0;               // of the transport right-hand side
  std::int64_t negative_cells = 0;   // cells in which transport left a negative mass fraction that was then lifted
  double largest_negative = 0.0;     // the largest magnitude of them [1]
  int pressure_iterations = 0;       // of the Poisson solver
  double divergence_residual = 0.0;  // root mean square of div u minus what it should be [1/s]
  subproblem::BatchReport batch;     // failures are of this rank: reduce before branching
};

/// The PDE: scalars T, Y_1..Y_N on a grid, moved by some flow and changed by chemistry. One step is Strang's
/// splitting (SIAM J. Numer. Anal. 5 (1968) 506), transport for dt/2, chemistry for dt, transport for dt/2: second
/// order in dt. Chemistry is a batch of one sub-problem per owned cell for whoever solves them; how the gas moves is
/// what the classes derived from this one differ in.
class ReactingFlow {
 public:
  virtual ~ReactingFlow() = default;

  /// Sets every owned cell from the position of its centre, and what follows from that. Collective.
  virtual void initialise(const InitialCondition& condition);

  /// The state, and what else the next step depends on. Collective.
  virtual void persist(const core::Archive& archive);

  /// Advances the state by dt [s]. `step` numbers it for the random decisions of a hybrid. Collective.
  virtual StepReport advance(double dt, std::int64_t step) = 0;

  /// Thermodynamic pressure, the same everywhere [Pa].
  virtual double pressure() const = 0;
  /// Mass density of the owned cells, [n_owned] [kg/m^3]. Local.
  virtual std::vector<double> density() const = 0;
  /// Velocity at the centres of the owned cells, [n_owned, n dimensions] [m/s]. Local.
  virtual core::RowTable velocity() const = 0;
  /// What the pressure of the flow adds to the thermodynamic one, half a step ago, [n_owned] [Pa]; empty if the flow
  /// knows none. Local.
  virtual std::vector<double> flow_pressure() const { return {}; }
  /// The Courant number's rate, sum over the axes of the largest |u| / dx [1/s]; the same on every rank.
  virtual double courant_rate() const = 0;
  /// How fast the gas expands where it does so fastest [1/s]; the same on every rank. Collective.
  virtual double expansion_rate() const { return 0.0; }

  /// Rows T, Y_1..Y_N of the owned cells, [n_owned, 1 + n_species], x fastest; the view's life must end before
  /// the next step. Local.
  petsc::ConstVecRows state() const { return {state_.get(), grid_->n_components()}; }
  /// The same to write, for restarts. Local.
  petsc::VecRows edit_state() { return {state_.get(), grid_->n_components()}; }
  /// The rows as chemistry found them in the last step, and as it left them, [n_owned, 1 + n_species]. Local.
  core::ConstRows before_chemistry() const { return before_.rows(); }
  core::ConstRows after_chemistry() const { return after_.rows(); }

  const grid::Extents& extents() const { return grid_->extents(); }
  std::span<const std::int64_t> ids() const { return ids_; }                          // [n_owned] global
  std::span<const subproblem::Provenance> provenance() const { return provenance_; }  // [n_owned] of the last step

 protected:
  /// `grid` has 1 + n_species components; it and `chemistry` must outlive this object, and chemistry's rows are T,
  /// Y_1..Y_N, followed by p and dt where its signature asks for them. Collective.
  ReactingFlow(const grid::StructuredGrid& grid, subproblem::SubproblemSolver& chemistry);

  /// A step of chemistry for all owned cells. Collective.
  void react(double dt, std::int64_t step, StepReport& report);

  const grid::StructuredGrid& grid() const { return *grid_; }
  Vec state_vector() { return state_.get(); }

 private:
  const grid::StructuredGrid* grid_;
  subproblem::SubproblemSolver* chemistry_;
  petsc::Handle<Vec> state_;
  core::RowTable before_, after_;
  core::RowTable inputs_;  // of the batch: before_ and the conditions
  std::vector<std::int64_t> ids_;
  std::vector<subproblem::Provenance> provenance_;
};

}  // namespace bimetal::flow
