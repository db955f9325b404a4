#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace bimetal::subproblem {

/// LU factors of a small dense matrix with partial pivoting, by panels of four columns: the rest of the matrix is
/// read and written once a panel, in loops the compiler turns into vector instructions. Rows and columns are padded
/// with zeros to a multiple of four, so that no loop leaves a remainder. For 10 to 50 unknowns several times faster
/// than a plain library routine, and factoring is what implicit integrators of chemistry spend much of their time on.
/// Golub & Van Loan, Matrix Computations (2013), section 3.4.
class DenseLu {
 public:
  explicit DenseLu(std::size_t n);

  /// Takes diagonal · I + factor · M, M [n * n] column-major without padding, and factors it; false if it is
  /// singular. Local.
  bool factor(double diagonal, double factor, std::span<const double> M);

  /// Replaces b [n] by the solution of A x = b, A being what was factored last. Local.
  void solve(std::span<double> b);

 private:
  bool factor();
  bool factor_panel(std::size_t k, std::size_t active);
  bool choose_pivot(std::size_t j);

  std::size_t n_;
  std::size_t stride_;                                      // elements from one column to the next, and their number
  std::vector<double> A_;                                   // [stride * stride] column-major
  std::vector<double> inverse_pivots_;                      // [n]
  std::vector<std::pair<std::size_t, std::size_t>> swaps_;  // of rows, in order
  std::vector<double> b_;                                   // [stride]
};

}  // namespace bimetal::subproblem
