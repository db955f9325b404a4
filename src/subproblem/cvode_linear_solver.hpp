#pragma once

#include <sundials/sundials_linearsolver.h>

#include <cstddef>

namespace bimetal::subproblem {

/// DenseLu as a SUNDIALS linear solver for dense matrices of n unknowns. The caller owns it and frees it with
/// SUNLinSolFree; null if there is no memory. Local.
SUNLinearSolver make_linear_solver(std::size_t n, SUNContext context);

}  // namespace bimetal::subproblem
