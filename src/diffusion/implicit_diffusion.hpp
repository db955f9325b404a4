#pragma once

#include <span>
#include <vector>

#include "core/rows.hpp"
#include "grid/structured_grid.hpp"
#include "petsc/handle.hpp"

namespace bimetal::diffusion {

/// Where u is held: along the lower ends of x and y, as far as this from the corner that they share.
struct Sink {
  double length = 0.0;  // 0: nowhere
  double value = 0.0;
};

/// One step of implicit Euler of c du/dt = div(K grad u) with a conductivity K_xx, K_yy in every cell of a
/// two-dimensional grid: finite volumes of two points a face, with the harmonic mean of the two cells. Nothing passes
/// the ends but at the sink. The linear system is symmetric: conjugate gradients with algebraic multigrid; PETSc
/// options by the prefix `-diffusion_`.
class ImplicitDiffusion {
 public:
  /// `grid` has one component and must outlive this object. Collective.
  ImplicitDiffusion(const grid::StructuredGrid& grid, Sink sink);

  /// K: [n_owned, 2]; storage: c [n_owned]; from, to: u before and after dt. Returns the iterations. RuntimeFailure,
  /// the same on every rank, if the linear solver does not converge. Collective.
  int solve(double dt, core::ConstRows K, std::span<const double> storage, Vec from, Vec to);

  /// What came in through the sink in the last step, for u = `u` at its end. Collective.
  double inflow(double dt, Vec u) const;

 private:
  void assemble(double dt, core::ConstRows K, std::span<const double> storage);
  double sink_conductance(int axis, std::int64_t i, std::int64_t j, double K) const;

  const grid::StructuredGrid* grid_;
  grid::StructuredGrid pairs_;  // two numbers a cell
  Sink sink_;
  petsc::Handle<Mat> matrix_;
  petsc::Handle<KSP> ksp_;
  petsc::Handle<Vec> right_, K_, K_with_ghosts_;
  std::vector<double> to_sink_;  // conductance from each owned cell to the sink
};

}  // namespace bimetal::diffusion
