#include "subproblem/dense_lu.hpp"

#include <cmath>
#include <utility>

#include "core/error.hpp"

namespace bimetal::subproblem {
namespace {

/// y -= a x. The two never overlap, which the compiler must be told to vectorise without checks.
inline void subtract(double a, const double* __restrict x, double* __restrict y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] -= a * x[i];
}

std::size_t largest_below(const double* column, std::size_t k, std::size_t n) {
  std::size_t largest = k;
  for (std::size_t i = k + 1; i < n; ++i)
    if (std::abs(column[i]) > std::abs(column[largest])) largest = i;
  return largest;
}

}  // namespace

bool DenseLu::factor(std::span<double> A) {
  EXPECT(A.size() == n_ * n_);
  for (std::size_t k = 0; k < n_; ++k) {
    double* const pivot_column = A.data() + k * n_;
    const std::size_t p = pivots_[k] = largest_below(pivot_column, k, n_);
    if (!(std::abs(pivot_column[p]) > 0.0)) return false;
    std::swap(pivot_column[k], pivot_column[p]);
    const double inverse = 1.0 / pivot_column[k];
    for (std::size_t i = k + 1; i < n_; ++i) pivot_column[i] *= inverse;
    for (std::size_t j = k + 1; j < n_; ++j) {
      double* const column = A.data() + j * n_;
      std::swap(column[k], column[p]);
      if (column[k] != 0.0) subtract(column[k], pivot_column + k + 1, column + k + 1, n_ - k - 1);
    }
  }
  return true;
}

void DenseLu::solve(std::span<const double> A, std::span<double> b) const {
  EXPECT(A.size() == n_ * n_ && b.size() == n_);
  for (std::size_t k = 0; k < n_; ++k) {
    // Swaps one by one, as they were done: columns of L left of a pivot were not swapped with it.
    std::swap(b[k], b[pivots_[k]]);
    subtract(b[k], A.data() + k * n_ + k + 1, b.data() + k + 1, n_ - k - 1);
  }
  for (std::size_t k = n_; k-- > 0;) {
    b[k] /= A[k * n_ + k];
    subtract(b[k], A.data() + k * n_, b.data(), k);
  }
}

}  // namespace bimetal::subproblem
