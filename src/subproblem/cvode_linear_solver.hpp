#pragma once

#include <sundials/sundials_linearsolver.h>

#include <vector>

#include "subproblem/dense_lu.hpp"

namespace bimetal::subproblem {

/// Newton's matrix I - gamma J and its factors.
struct NewtonMatrix {
  explicit NewtonMatrix(std::size_t n) : jacobian(n * n), lu(n) {}

  std::vector<double> jacobian;  // [n * n], column-major
  double gamma = 0.0;
  DenseLu lu;
};

/// A direct solver of SUNDIALS over `matrix`, which must outlive it; the SUNMatrix that SUNDIALS wants to see is
/// ignored. Null if there is no memory. Local.
SUNLinearSolver make_linear_solver(NewtonMatrix& matrix, SUNContext context);

}  // namespace bimetal::subproblem
