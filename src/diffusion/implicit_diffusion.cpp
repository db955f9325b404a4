#include "diffusion/implicit_diffusion.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/error.hpp"
#include "parallel/mpi.hpp"
#include "petsc/error.hpp"
#include "petsc/multigrid.hpp"
#include "petsc/rows.hpp"

namespace bimetal::diffusion {
namespace {

constexpr double linear_rtol = 1e-12;  // so that the balance of u closes to about 1e-10

double harmonic(double a, double b) { return a + b > 0.0 ? 2.0 * a * b / (a + b) : 0.0; }

}  // namespace

ImplicitDiffusion::ImplicitDiffusion(const grid::StructuredGrid& grid, Sink sink)
    : grid_(&grid),
      pairs_(grid, 2),
      sink_(sink),
      right_(grid.create_global()),
      K_(pairs_.create_global()),
      K_with_ghosts_(pairs_.create_local()),
      to_sink_(static_cast<std::size_t>(grid.extents().n_owned())) {
  EXPECT(grid.extents().dimensions == 2 && grid.n_components() == 1);
  petsc::check(DMSetMatType(grid.dm(), MATAIJ), "DMSetMatType");
  petsc::check(DMSetMatrixPreallocateOnly(grid.dm(), PETSC_TRUE), "DMSetMatrixPreallocateOnly");
  petsc::check(DMCreateMatrix(grid.dm(), matrix_.put()), "DMCreateMatrix");
  petsc::check(KSPCreate(parallel::native(grid.communicator()), ksp_.put()), "KSPCreate");
  petsc::check(KSPSetOptionsPrefix(ksp_.get(), "diffusion_"), "KSPSetOptionsPrefix");
  petsc::check(KSPSetType(ksp_.get(), KSPCG), "KSPSetType");
  petsc::check(KSPSetInitialGuessNonzero(ksp_.get(), PETSC_TRUE), "KSPSetInitialGuessNonzero");
  petsc::check(KSPSetTolerances(ksp_.get(), linear_rtol, PETSC_DEFAULT, PETSC_DEFAULT, 500), "KSPSetTolerances");
  PC pc;
  petsc::check(KSPGetPC(ksp_.get(), &pc), "KSPGetPC");
  petsc::check(PCSetType(pc, petsc::multigrid), "PCSetType");
  petsc::check(KSPSetFromOptions(ksp_.get()), "KSPSetFromOptions");
}

double ImplicitDiffusion::sink_conductance(int axis, std::int64_t i, std::int64_t j, double K) const {
  const auto& e = grid_->extents();
  const int along = 1 - axis;
  if ((axis == 0 ? i : j) > 0 ||
      e.centre(along, axis == 0 ? j : i) - e.lower[static_cast<std::size_t>(along)] > sink_.length)
    return 0.0;
  return K * e.spacing(along) / (0.5 * e.spacing(axis));
}

/// Balances of whole cells, not divided by their volumes, so that the matrix is symmetric; per unit of thickness.
void ImplicitDiffusion::assemble(double dt, core::ConstRows K, std::span<const double> storage) {
  {
    const petsc::VecRows view(K_.get(), 2);
    std::ranges::copy(K.flat(), view.rows().flat().begin());
  }
  pairs_.exchange_halo(K_.get(), K_with_ghosts_.get());
  const petsc::ConstVecRows around(K_with_ghosts_.get(), 2);
  const auto& e = grid_->extents();
  const auto& layout = pairs_.layout();
  petsc::check(MatZeroEntries(matrix_.get()), "MatZeroEntries");
  std::size_t row = 0;
  grid::for_owned_cells(e, [&](std::int64_t i, std::int64_t j, std::int64_t) {
    const std::int64_t here = layout.index(i - e.first[0], j - e.first[1], 0);
    const MatStencil cell{0, static_cast<PetscInt>(j), static_cast<PetscInt>(i), 0};
    std::array<MatStencil, 5> columns{cell};
    std::array<double, 5> values{};
    PetscInt n = 1;
    to_sink_[row] = 0.0;
    for (int axis = 0; axis < 2; ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      const double K_here = around.rows()[here][a];
      to_sink_[row] += sink_conductance(axis, i, j, K_here);
      for (const int side : {-1, 1}) {
        const std::int64_t at = (axis == 0 ? i : j) + side;
        if (!grid_->periodic(axis) && (at < 0 || at >= e.cells[a])) continue;
        const double K_there = around.rows()[here + side * layout.stride[a]][a];
        const double conductance = harmonic(K_here, K_there) * e.spacing(1 - axis) / e.spacing(axis);
        columns[static_cast<std::size_t>(n)] = cell;
        (axis == 0 ? columns[static_cast<std::size_t>(n)].i : columns[static_cast<std::size_t>(n)].j) += side;
        values[static_cast<std::size_t>(n++)] = -conductance;
        values[0] += conductance;
      }
    }
    values[0] += to_sink_[row] + storage[row] * e.spacing(0) * e.spacing(1) / dt;
    petsc::check(MatSetValuesStencil(matrix_.get(), 1, &cell, n, columns.data(), values.data(), ADD_VALUES),
                 "MatSetValuesStencil");
    ++row;
  });
  petsc::check(MatAssemblyBegin(matrix_.get(), MAT_FINAL_ASSEMBLY), "MatAssemblyBegin");
  petsc::check(MatAssemblyEnd(matrix_.get(), MAT_FINAL_ASSEMBLY), "MatAssemblyEnd");
}

int ImplicitDiffusion::solve(double dt, core::ConstRows K, std::span<const double> storage, Vec from, Vec to) {
  assemble(dt, K, storage);
  {
    const petsc::ConstVecRows before(from, 1);
    const petsc::VecRows right(right_.get(), 1);
    const double area = grid_->extents().spacing(0) * grid_->extents().spacing(1);
    for (std::size_t cell = 0; cell < to_sink_.size(); ++cell)
      right.rows().flat()[cell] =
          storage[cell] * area / dt * before.rows().flat()[cell] + to_sink_[cell] * sink_.value;
  }
  petsc::check(KSPSetOperators(ksp_.get(), matrix_.get(), matrix_.get()), "KSPSetOperators");
  petsc::check(KSPSolve(ksp_.get(), right_.get(), to), "KSPSolve");
  KSPConvergedReason reason;
  PetscInt iterations = 0;
  petsc::check(KSPGetConvergedReason(ksp_.get(), &reason), "KSPGetConvergedReason");
  petsc::check(KSPGetIterationNumber(ksp_.get(), &iterations), "KSPGetIterationNumber");
  VALIDATE(reason > 0,
           "the linear solver of the diffusion gave up after {} iterations ({}); try a smaller time.step, or other "
           "options by the prefix -diffusion_",
           iterations, KSPConvergedReasons[reason]);
  return static_cast<int>(iterations);
}

double ImplicitDiffusion::inflow(double dt, Vec u) const {
  const petsc::ConstVecRows view(u, 1);
  double sum = 0.0;
  for (std::size_t cell = 0; cell < to_sink_.size(); ++cell)
    sum += dt * to_sink_[cell] * (sink_.value - view.rows().flat()[cell]);
  return grid_->communicator().sum(sum);
}

}  // namespace bimetal::diffusion
