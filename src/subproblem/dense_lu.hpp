#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace bimetal::subproblem {

/// LU factors of a small dense matrix with partial pivoting. The loops run down columns, so that the compiler turns
/// them into vector instructions: for 50 unknowns several times faster than a plain library routine, and factoring is
/// what implicit integrators of chemistry spend most of their time on.
/// Golub & Van Loan, Matrix Computations (2013), alg. 3.4.1.
class DenseLu {
 public:
  explicit DenseLu(std::size_t n) : n_(n), pivots_(n) {}

  /// Factors A [n * n], column-major, in place; false if it is singular. Local.
  bool factor(std::span<double> A);

  /// Replaces b [n] by the solution of A x = b, A as factor() left it. Local.
  void solve(std::span<const double> A, std::span<double> b) const;

 private:
  std::size_t n_;
  std::vector<std::size_t> pivots_;  // row k was swapped with row pivots_[k]
};

}  // namespace bimetal::subproblem
