#include "flow/pressure_solver.hpp"

#include <array>

#include "core/error.hpp"
#include "parallel/mpi.hpp"
#include "petsc/error.hpp"
#include "petsc/multigrid.hpp"

namespace bimetal::flow {

PressureSolver::PressureSolver(const grid::StructuredGrid& cells) : grid_(cells, 1) {
  assemble();
  petsc::check(KSPCreate(parallel::native(grid_.communicator()), ksp_.put()), "KSPCreate");
  const KSP ksp = ksp_.get();
  petsc::check(KSPSetOptionsPrefix(ksp, "pressure_"), "KSPSetOptionsPrefix");
  petsc::check(KSPSetOperators(ksp, matrix_.get(), matrix_.get()), "KSPSetOperators");
  petsc::check(KSPSetType(ksp, KSPCG), "KSPSetType");
  petsc::check(KSPSetNormType(ksp, KSP_NORM_UNPRECONDITIONED), "KSPSetNormType");
  petsc::check(KSPSetInitialGuessNonzero(ksp, PETSC_TRUE), "KSPSetInitialGuessNonzero");
  PC pc;
  petsc::check(KSPGetPC(ksp, &pc), "KSPGetPC");
  petsc::check(PCSetType(pc, petsc::multigrid), "PCSetType");
  petsc::check(KSPSetTolerances(ksp, relative_tolerance_, PETSC_DEFAULT, PETSC_DEFAULT, 200), "KSPSetTolerances");
  petsc::check(KSPSetFromOptions(ksp), "KSPSetFromOptions");
  petsc::check(KSPGetTolerances(ksp, &relative_tolerance_, nullptr, nullptr, nullptr), "KSPGetTolerances");
  petsc::check(KSPSetUp(ksp), "KSPSetUp");
}

void PressureSolver::assemble() {
  petsc::check(DMSetMatType(grid_.dm(), MATAIJ), "DMSetMatType");
  // Else it stores a zero for every cell of the halo, which is twice as wide as the operator.
  petsc::check(DMSetMatrixPreallocateOnly(grid_.dm(), PETSC_TRUE), "DMSetMatrixPreallocateOnly");
  petsc::check(DMCreateMatrix(grid_.dm(), matrix_.put()), "DMCreateMatrix");
  const auto& e = grid_.extents();
  const auto neighbour = [&](std::array<std::int64_t, 3> at, std::size_t axis, std::int64_t shift) {
    at[axis] += shift;
    return MatStencil{.k = static_cast<PetscInt>(at[2]),
                      .j = static_cast<PetscInt>(at[1]),
                      .i = static_cast<PetscInt>(at[0]),
                      .c = 0};
  };
  const auto add_row = [&](const std::array<std::int64_t, 3>& at) {
    const MatStencil row = neighbour(at, 0, 0);
    std::array<MatStencil, 7> columns{row};
    std::array<PetscScalar, 7> values{};
    PetscInt n = 1;
    for (int axis = 0; axis < e.dimensions; ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      const double weight = 1.0 / (e.spacing(axis) * e.spacing(axis));
      for (std::size_t end = 0; end < 2; ++end) {
        const bool beyond = at[a] == (end == 0 ? 0 : e.cells[a] - 1) && !grid_.periodic(axis);
        if (beyond) {
          // Half a cell to where phi vanishes.
          if (grid_.boundary(axis)[end] == grid::Boundary::outflow) values[0] += 2.0 * weight;
          continue;
        }
        values[0] += weight;
        columns[static_cast<std::size_t>(n)] = neighbour(at, a, end == 0 ? -1 : 1);
        values[static_cast<std::size_t>(n++)] = -weight;
      }
    }
    petsc::check(MatSetValuesStencil(matrix_.get(), 1, &row, n, columns.data(), values.data(), ADD_VALUES),
                 "MatSetValuesStencil");
  };
  for (std::int64_t k = e.first[2]; k < e.first[2] + e.owned[2]; ++k)
    for (std::int64_t j = e.first[1]; j < e.first[1] + e.owned[1]; ++j)
      for (std::int64_t i = e.first[0]; i < e.first[0] + e.owned[0]; ++i) add_row({i, j, k});
  petsc::check(MatAssemblyBegin(matrix_.get(), MAT_FINAL_ASSEMBLY), "MatAssemblyBegin");
  petsc::check(MatAssemblyEnd(matrix_.get(), MAT_FINAL_ASSEMBLY), "MatAssemblyEnd");
  petsc::check(MatSetOption(matrix_.get(), MAT_SYMMETRIC, PETSC_TRUE), "MatSetOption");
  if (grid_.has(grid::Boundary::outflow)) return;
  petsc::Handle<MatNullSpace> constants;
  petsc::check(MatNullSpaceCreate(parallel::native(grid_.communicator()), PETSC_TRUE, 0, nullptr, constants.put()),
               "MatNullSpaceCreate");
  petsc::check(MatSetNullSpace(matrix_.get(), constants.get()), "MatSetNullSpace");
  petsc::check(MatSetNearNullSpace(matrix_.get(), constants.get()), "MatSetNearNullSpace");
}

PressureSolver::Report PressureSolver::solve(Vec b, Vec phi, double tolerance) {
  const KSP ksp = ksp_.get();
  // Relative to nothing: the right-hand side is what the last pressure could not foresee, and small if it did well.
  petsc::check(KSPSetTolerances(ksp, 1e-30, tolerance, PETSC_DEFAULT, PETSC_DEFAULT), "KSPSetTolerances");
  MatNullSpace constants = nullptr;
  petsc::check(MatGetNullSpace(matrix_.get(), &constants), "MatGetNullSpace");
  if (constants) petsc::check(MatNullSpaceRemove(constants, b), "MatNullSpaceRemove");  // round-off
  petsc::check(KSPSolve(ksp, b, phi), "KSPSolve");
  KSPConvergedReason reason;
  PetscInt iterations = 0;
  Report report;
  petsc::check(KSPGetConvergedReason(ksp, &reason), "KSPGetConvergedReason");
  petsc::check(KSPGetIterationNumber(ksp, &iterations), "KSPGetIterationNumber");
  petsc::check(KSPGetResidualNorm(ksp, &report.residual), "KSPGetResidualNorm");
  report.iterations = static_cast<int>(iterations);
  VALIDATE(reason > 0,
           "the pressure solver gave up after {} iterations at a residual of {:.3g}, above {:.3g} ({}); "
           "try another -pressure_pc_type or a smaller time step",
           report.iterations, report.residual, tolerance, KSPConvergedReasons[reason]);
  return report;
}

}  // namespace bimetal::flow
