#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "flow/initial.hpp"
#include "flow/rkc.hpp"
#include "flow/scalar_transport.hpp"
#include "flow/velocity.hpp"
#include "grid/structured_grid.hpp"
#include "petsc/rows.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::flow {

/// What a step took and what happened in it, on this rank.
struct StepReport {
  double transport_s = 0.0;       // [s], waiting for neighbours included
  double chemistry_s = 0.0;       // [s] in the sub-problem solver
  int substeps = 0;               // of both transport half steps together
  int stages = 0;                 // the most in one substep
  int evaluations = 0;            // of the transport right-hand side
  std::int64_t clipped_rows = 0;  // cells in which a negative mass fraction was set to zero
  double largest_clip = 0.0;      // largest of them [1]
  subproblem::BatchReport batch;  // failures are of this rank: reduce before branching
};

/// The reacting scalars T, Y_1..Y_N on a grid. One step is Strang's splitting (SIAM J. Numer. Anal. 5 (1968) 506),
/// transport for dt/2, chemistry for dt, transport for dt/2: second order in dt. Chemistry is a batch of one
/// sub-problem per owned cell for whoever solves them.
class ReactingFlow {
 public:
  /// `grid` has 1 + n_species components; it and `chemistry` must outlive this object, and chemistry's rows are
  /// T, Y_1..Y_N. pressure [Pa]. UserError: `transport` needs data that a species lacks. Collective.
  ReactingFlow(const grid::StructuredGrid& grid, const chemistry::Mechanism& mechanism, double pressure,
               std::unique_ptr<VelocityModel> velocity, subproblem::SubproblemSolver& chemistry,
               TransportModel transport = TransportModel::constant_lewis);

  /// Sets every owned cell from the position of its centre. Local.
  void initialise(const InitialCondition& condition);

  /// Advances the state by dt [s], which must be the step of the chemistry's signature. `step` numbers it for the
  /// random decisions of a hybrid. Collective.
  StepReport advance(double dt, std::int64_t step);

  /// Rows T, Y_1..Y_N of the owned cells, [n_owned, 1 + n_species], x fastest; the view's life must end before
  /// the next step. Local.
  petsc::ConstVecRows state() const { return {state_.get(), grid_->n_components()}; }
  /// The same to write, for restarts. Local.
  petsc::VecRows edit_state() { return {state_.get(), grid_->n_components()}; }

  const grid::Extents& extents() const { return grid_->extents(); }
  std::span<const std::int64_t> ids() const { return ids_; }                          // [n_owned] global
  std::span<const subproblem::Provenance> provenance() const { return provenance_; }  // [n_owned] of the last step

 private:
  void transport(double dt, StepReport& report);
  void react(std::int64_t step, StepReport& report);

  const grid::StructuredGrid* grid_;
  std::unique_ptr<VelocityModel> velocity_;
  subproblem::SubproblemSolver* chemistry_;
  ScalarTransport scalars_;
  petsc::Handle<Vec> state_;
  RungeKuttaChebyshev stepper_;
  std::vector<std::int64_t> ids_;
  std::vector<subproblem::Provenance> provenance_;
};

}  // namespace bimetal::flow
