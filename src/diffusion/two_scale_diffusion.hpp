#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/archive.hpp"
#include "diffusion/implicit_diffusion.hpp"
#include "petsc/rows.hpp"
#include "precipitation/grain_cell_solver.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::diffusion {

struct DiffusionOptions {
  double initial = 0.5;  // u
  double storage = 1.0;  // c around the grains, and of the grains
  double grain_storage = 1.0;
  Sink sink;
  double tolerance =
      1e-3;  // largest relative change of u, porosity and conductivities in the last iteration of a step
  int max_iterations = 50;
  double a = 0.4, b = 0.4;  // semi-axes of the grains at the start, relative to the side of a cell
};

/// What a step took and what happened in it, on this rank.
struct StepReport {
  bool completed = true;  // false if a sub-problem failed: the same on every rank
  int iterations = 0;     // each asks all sub-problems once
  int linear_iterations = 0;
  double macro_s = 0.0;           // [s], waiting for neighbours included
  double subproblem_s = 0.0;      // [s] in the sub-problem solver
  subproblem::BatchReport batch;  // of all iterations; failures are of this rank: reduce before branching
};

/// Diffusion of u through a porous medium whose grains dissolve or grow:
///
///   (c p + c_g (1 - p)) du/dt = div(K grad u),  porosity p and conductivity K from a unit cell under every grid
///   cell.
///
/// Implicit Euler. The two scales iterate within a step until u, p and K change little. What a cell keeps beyond its
/// row, its phase field, lives here, with the grid cell: a step that is over takes over what the reference solver has
/// left.
class TwoScaleDiffusion {
 public:
  /// `grid`: two-dimensional, with one component. It and `solver` must outlive this object. `reference` makes the
  /// grains of the start. Collective.
  TwoScaleDiffusion(const grid::StructuredGrid& grid, const DiffusionOptions& options,
                    precipitation::GrainCellSolver& reference, subproblem::SubproblemSolver& solver);

  /// Advances the state by dt. If a sub-problem fails the state stays as it was. RuntimeFailure, the same on every
  /// rank, if the iteration does not converge. Collective.
  StepReport advance(double dt, std::int64_t step);
  /// Collective.
  void persist(const core::Archive& archive);

  const grid::Extents& extents() const { return grid_->extents(); }
  /// u of the owned cells, [n_owned, 1], x fastest; the view's life must end before the next step. Local.
  petsc::ConstVecRows u() const { return {u_.get(), 1}; }
  petsc::VecRows edit_u() { return {u_.get(), 1}; }
  /// The grain cells' last answers, [n_owned, n_out]: porosity, elongation, interface, K_xx, K_yy. Local.
  core::ConstRows cells() const { return cells_.rows(); }
  std::span<const subproblem::Provenance> provenance() const { return provenance_; }

  /// Integral of c du over all steps so far, and what came in through the sink: alike. Collective; Local.
  double gained() const { return gained_; }
  double inflow() const { return inflow_; }

 private:
  subproblem::BatchReport ask(double dt, std::int64_t step, subproblem::Iterate iterate);
  double relative_change(core::ConstRows now, core::ConstRows before, std::span<const int> columns) const;
  void end_step(double dt);

  const grid::StructuredGrid* grid_;
  DiffusionOptions options_;
  subproblem::SubproblemSolver* solver_;
  ImplicitDiffusion diffusion_;
  petsc::Handle<Vec> u_, next_u_;
  std::vector<std::int64_t> ids_;
  std::vector<subproblem::Provenance> provenance_;
  core::RowTable rows_;                // [n_owned, n_in] of the grain cells
  core::RowTable cells_, next_cells_;  // [n_owned, n_out] at the start of the step, and as the iteration has it
  core::RowTable memory_, next_memory_;
  std::vector<double> storage_;
  double gained_ = 0.0, inflow_ = 0.0;
};

}  // namespace bimetal::diffusion
