#include "subproblem/cvode_linear_solver.hpp"

#include <nvector/nvector_serial.h>
#include <sunmatrix/sunmatrix_dense.h>

#include <algorithm>
#include <new>
#include <span>

#include "subproblem/dense_lu.hpp"

namespace bimetal::subproblem {
namespace {

// Codes of SUNDIALS: 0 done, positive: a smaller step may help.
constexpr int done = 0;
constexpr int singular = 1;

DenseLu& lu_of(SUNLinearSolver solver) { return *static_cast<DenseLu*>(solver->content); }

std::span<double> entries(SUNMatrix A) { return {SM_DATA_D(A), static_cast<std::size_t>(SM_LDATA_D(A))}; }

std::span<double> entries(N_Vector v) { return {N_VGetArrayPointer(v), static_cast<std::size_t>(N_VGetLength(v))}; }

SUNLinearSolver_Type type(SUNLinearSolver) noexcept { return SUNLINEARSOLVER_DIRECT; }

int setup(SUNLinearSolver solver, SUNMatrix A) noexcept { return lu_of(solver).factor(entries(A)) ? done : singular; }

int solve(SUNLinearSolver solver, SUNMatrix A, N_Vector x, N_Vector b, sunrealtype) noexcept {
  const auto from = entries(b);
  const auto to = entries(x);
  if (to.data() != from.data()) std::copy(from.begin(), from.end(), to.begin());
  lu_of(solver).solve(entries(A), to);
  return done;
}

int free_solver(SUNLinearSolver solver) noexcept {
  delete static_cast<DenseLu*>(solver->content);
  solver->content = nullptr;
  SUNLinSolFreeEmpty(solver);
  return done;
}

}  // namespace

SUNLinearSolver make_linear_solver(std::size_t n, SUNContext context) {
  SUNLinearSolver solver = SUNLinSolNewEmpty(context);
  if (!solver) return nullptr;
  solver->ops->gettype = type;
  solver->ops->setup = setup;
  solver->ops->solve = solve;
  solver->ops->free = free_solver;
  solver->content = new (std::nothrow) DenseLu(n);
  if (solver->content) return solver;
  SUNLinSolFreeEmpty(solver);
  return nullptr;
}

}  // namespace bimetal::subproblem
