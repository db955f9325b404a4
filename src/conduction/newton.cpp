#include "conduction/newton.hpp"

#include <cmath>
#include <utility>

#include "parallel/mpi.hpp"
#include "petsc/error.hpp"
#include "petsc/multigrid.hpp"

namespace bimetal::conduction {

NewtonSolver::NewtonSolver(const grid::StructuredGrid& cells, double tolerance, int max_iterations, Residual residual,
                           Jacobian jacobian)
    : tolerance_(tolerance),
      residual_(std::move(residual)),
      jacobian_(std::move(jacobian)),
      residual_vector_(cells.create_global()) {
  petsc::check(DMSetMatType(cells.dm(), MATAIJ), "DMSetMatType");
  // Else it stores a zero for every cell of the halo, which is twice as wide as the operator.
  petsc::check(DMSetMatrixPreallocateOnly(cells.dm(), PETSC_TRUE), "DMSetMatrixPreallocateOnly");
  petsc::check(DMCreateMatrix(cells.dm(), matrix_.put()), "DMCreateMatrix");
  petsc::check(SNESCreate(parallel::native(cells.communicator()), snes_.put()), "SNESCreate");
  const SNES snes = snes_.get();
  petsc::check(SNESSetOptionsPrefix(snes, "conduction_"), "SNESSetOptionsPrefix");
  petsc::check(SNESSetType(snes, SNESNEWTONLS), "SNESSetType");
  petsc::check(SNESSetFunction(snes, residual_vector_.get(), form_residual, this), "SNESSetFunction");
  petsc::check(SNESSetJacobian(snes, matrix_.get(), matrix_.get(), form_jacobian, this), "SNESSetJacobian");
  petsc::check(SNESSetConvergenceTest(snes, has_converged, this, nullptr), "SNESSetConvergenceTest");
  petsc::check(SNESSetTolerances(snes, 0.0, 0.0, 0.0, max_iterations, -1), "SNESSetTolerances");
  SNESLineSearch search;
  petsc::check(SNESGetLineSearch(snes, &search), "SNESGetLineSearch");
  petsc::check(SNESLineSearchSetType(search, SNESLINESEARCHBT), "SNESLineSearchSetType");
  constexpr int most_trials = 5;  // of shorter steps
  petsc::check(SNESLineSearchSetTolerances(search, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT,
                                           PETSC_DEFAULT, most_trials),
               "SNESLineSearchSetTolerances");
  set_up_linear_solver();
  petsc::check(SNESSetFromOptions(snes), "SNESSetFromOptions");
}

void NewtonSolver::set_up_linear_solver() {
  KSP ksp;
  PC pc;
  petsc::check(SNESGetKSP(snes_.get(), &ksp), "SNESGetKSP");
  petsc::check(KSPSetType(ksp, KSPFGMRES), "KSPSetType");
  petsc::check(KSPGetPC(ksp, &pc), "KSPGetPC");
  petsc::check(PCSetType(pc, petsc::multigrid), "PCSetType");
  // Sub-problems are dear and linear algebra is cheap, so that the linear solver is not to cost iterations.
  petsc::check(KSPSetTolerances(ksp, 1e-8, 1e-3 * tolerance_, PETSC_DEFAULT, 200), "KSPSetTolerances");
}

/// No exception may cross PETSc's C.
template <class Action>
PetscErrorCode NewtonSolver::guard(void* self, Action action) {
  auto& solver = *static_cast<NewtonSolver*>(self);
  try {
    action(solver);
    return 0;
  } catch (...) {
    solver.thrown_ = std::current_exception();
    return PETSC_ERR_USER;
  }
}

PetscErrorCode NewtonSolver::form_residual(SNES, Vec unknown, Vec residual, void* self) {
  return guard(self, [&](NewtonSolver& solver) { solver.residual_(unknown, residual); });
}

PetscErrorCode NewtonSolver::form_jacobian(SNES, Vec, Mat jacobian, Mat, void* self) {
  return guard(self, [&](NewtonSolver& solver) {
    petsc::check(MatZeroEntries(jacobian), "MatZeroEntries");
    solver.jacobian_(jacobian);
    petsc::check(MatAssemblyBegin(jacobian, MAT_FINAL_ASSEMBLY), "MatAssemblyBegin");
    petsc::check(MatAssemblyEnd(jacobian, MAT_FINAL_ASSEMBLY), "MatAssemblyEnd");
  });
}

PetscErrorCode NewtonSolver::has_converged(SNES snes, PetscInt iteration, PetscReal, PetscReal, PetscReal norm,
                                           SNESConvergedReason* reason, void* self) {
  return guard(self, [&](NewtonSolver& solver) {
    double largest = 0.0;
    PetscInt most = 0;
    petsc::check(VecNorm(solver.residual_vector_.get(), NORM_INFINITY, &largest), "VecNorm");
    petsc::check(SNESGetTolerances(snes, nullptr, nullptr, nullptr, &most, nullptr), "SNESGetTolerances");
    *reason = SNES_CONVERGED_ITERATING;
    if (!std::isfinite(norm))
      *reason = SNES_DIVERGED_FNORM_NAN;
    else if (largest <= solver.tolerance_)
      *reason = SNES_CONVERGED_FNORM_ABS;
    else if (iteration >= most)
      *reason = SNES_DIVERGED_MAX_IT;
  });
}

NewtonSolver::Report NewtonSolver::solve(Vec unknown) {
  const SNES snes = snes_.get();
  thrown_ = nullptr;
  const PetscErrorCode code = SNESSolve(snes, nullptr, unknown);
  if (thrown_) std::rethrow_exception(thrown_);
  petsc::check(code, "SNESSolve");
  Report report;
  SNESConvergedReason reason;
  PetscInt iterations = 0, linear_iterations = 0;
  petsc::check(SNESGetConvergedReason(snes, &reason), "SNESGetConvergedReason");
  petsc::check(SNESGetIterationNumber(snes, &iterations), "SNESGetIterationNumber");
  petsc::check(SNESGetLinearSolveIterations(snes, &linear_iterations), "SNESGetLinearSolveIterations");
  petsc::check(VecNorm(residual(), NORM_INFINITY, &report.residual), "VecNorm");
  report.converged = reason > 0;
  report.iterations = static_cast<int>(iterations);
  report.linear_iterations = static_cast<int>(linear_iterations);
  report.reason = SNESConvergedReasons[reason];
  return report;
}

}  // namespace bimetal::conduction
