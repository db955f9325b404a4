#include "subproblem/cvode_linear_solver.hpp"

#include <nvector/nvector_serial.h>

#include <algorithm>
#include <span>

namespace bimetal::subproblem {
namespace {

// Codes of SUNDIALS: 0 done, positive: a smaller step may help.
constexpr int done = 0;
constexpr int singular = 1;

NewtonMatrix& matrix_of(SUNLinearSolver solver) { return *static_cast<NewtonMatrix*>(solver->content); }

std::span<double> entries(N_Vector v) { return {N_VGetArrayPointer(v), static_cast<std::size_t>(N_VGetLength(v))}; }

SUNLinearSolver_Type type(SUNLinearSolver) noexcept { return SUNLINEARSOLVER_DIRECT; }

int setup(SUNLinearSolver solver, SUNMatrix) noexcept {
  NewtonMatrix& matrix = matrix_of(solver);
  return matrix.lu.factor(1.0, -matrix.gamma, matrix.jacobian) ? done : singular;
}

int solve(SUNLinearSolver solver, SUNMatrix, N_Vector x, N_Vector b, sunrealtype) noexcept {
  const auto from = entries(b);
  const auto to = entries(x);
  if (to.data() != from.data()) std::copy(from.begin(), from.end(), to.begin());
  matrix_of(solver).lu.solve(to);
  return done;
}

int free_solver(SUNLinearSolver solver) noexcept {
  SUNLinSolFreeEmpty(solver);
  return done;
}

}  // namespace

SUNLinearSolver make_linear_solver(NewtonMatrix& matrix, SUNContext context) {
  SUNLinearSolver solver = SUNLinSolNewEmpty(context);
  if (!solver) return nullptr;
  solver->ops->gettype = type;
  solver->ops->setup = setup;
  solver->ops->solve = solve;
  solver->ops->free = free_solver;
  solver->content = &matrix;
  return solver;
}

}  // namespace bimetal::subproblem
