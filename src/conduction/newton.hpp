#pragma once

#include <petscsnes.h>

#include <exception>
#include <functional>
#include <string>

#include "grid/structured_grid.hpp"
#include "petsc/handle.hpp"

namespace bimetal::conduction {

/// Newton's method for a value per cell, by PETSc: a residual in the units of the unknown, a Jacobian of nine (27)
/// cells a row, GMRES with multigrid. PETSc's options have the prefix "conduction_".
///
/// A residual is evaluated once to begin with and once in each iteration, and more often only where a full step does
/// not reduce it and the line search goes back. The last one evaluated in an iteration that converges is that of the
/// result.
class NewtonSolver {
 public:
  using Residual = std::function<void(Vec unknown, Vec residual)>;
  /// Adds to the zeroed matrix, with MatSetValuesLocal and the numbers of the cells with ghosts.
  using Jacobian = std::function<void(Mat jacobian)>;

  /// `cells`, with a box stencil and one component, must outlive this object. `tolerance`: largest residual of a cell
  /// that counts as none. Collective.
  NewtonSolver(const grid::StructuredGrid& cells, double tolerance, int max_iterations, Residual residual,
               Jacobian jacobian);
  NewtonSolver(const NewtonSolver&) = delete;
  NewtonSolver& operator=(const NewtonSolver&) = delete;

  struct Report {
    bool converged = false;
    int iterations = 0;
    int linear_iterations = 0;
    double residual = 0.0;  // largest of all cells
    std::string reason;     // in PETSc's words
  };
  /// `unknown`: a guess in, the solution out. What residual or Jacobian throw is thrown on. Collective.
  Report solve(Vec unknown);

  /// The residual at the result of the last solve.
  Vec residual() const { return residual_vector_.get(); }

 private:
  template <class Action>
  static PetscErrorCode guard(void* self, Action action);
  static PetscErrorCode form_residual(SNES, Vec unknown, Vec residual, void* self);
  static PetscErrorCode form_jacobian(SNES, Vec unknown, Mat jacobian, Mat preconditioner, void* self);
  static PetscErrorCode has_converged(SNES, PetscInt iteration, PetscReal, PetscReal, PetscReal norm,
                                      SNESConvergedReason* reason, void* self);
  void set_up_linear_solver();

  double tolerance_;
  Residual residual_;
  Jacobian jacobian_;
  petsc::Handle<Vec> residual_vector_;
  petsc::Handle<Mat> matrix_;
  petsc::Handle<SNES> snes_;
  std::exception_ptr thrown_;
};

}  // namespace bimetal::conduction
