#pragma once

#include <petscksp.h>

#include "grid/structured_grid.hpp"
#include "petsc/handle.hpp"

namespace bimetal::flow {

/// Solves the Poisson equation of the pressure, -div grad phi = b, on the cells of a grid: phi vanishes at outflows,
/// its normal derivative at walls and inflows. Where there is no outflow phi is known up to a constant; then b must
/// sum to zero, and phi will.
///
/// Conjugate gradients with algebraic multigrid (hypre's BoomerAMG where PETSc has it, else GAMG), set up once: the
/// matrix never changes. PETSc's options reach it by the prefix -pressure_.
class PressureSolver {
 public:
  struct Report {
    int iterations = 0;
    double residual = 0.0;  // 2-norm of b + div grad phi
  };

  /// Collective.
  explicit PressureSolver(const grid::StructuredGrid& cells);

  /// The grid of b and phi, one number a cell.
  const grid::StructuredGrid& grid() const { return grid_; }
  double relative_tolerance() const { return relative_tolerance_; }  // 1e-9, or -pressure_ksp_rtol

  /// Until the residual's 2-norm is below `tolerance`. phi: the first guess on entry. RuntimeFailure on every rank if
  /// there is no convergence. Collective.
  Report solve(Vec b, Vec phi, double tolerance);

 private:
  void assemble();

  grid::StructuredGrid grid_;
  petsc::Handle<Mat> matrix_;
  petsc::Handle<KSP> ksp_;
  double relative_tolerance_ = 1e-9;
};

}  // namespace bimetal::flow
