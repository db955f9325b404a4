#include "subproblem/dense_lu.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace bimetal::subproblem {
namespace {

constexpr std::size_t group = 4;  // columns that act on another at once

/// y -= sum of a[c] times column c of X, whose columns are `stride` apart; n is a multiple of the group.
inline void subtract(const double* a, const double* X, std::size_t stride, double* __restrict y, std::size_t n) {
  const double* const __restrict x0 = X;
  const double* const __restrict x1 = X + stride;
  const double* const __restrict x2 = X + 2 * stride;
  const double* const __restrict x3 = X + 3 * stride;
  const double a0 = a[0];
  const double a1 = a[1];
  const double a2 = a[2];
  const double a3 = a[3];
  for (std::size_t i = 0; i < n / group * group; ++i) y[i] -= (a0 * x0[i] + a1 * x1[i]) + (a2 * x2[i] + a3 * x3[i]);
}

/// What `active` columns of L from the diagonal element at `L` do to a column from `b` on, `n` rows below the group.
inline void eliminate(const double* L, std::size_t stride, std::size_t active, double* b, std::size_t n) {
  double factors[group] = {};  // columns that are not active get 0
  for (std::size_t c = 0; c < active; ++c) {
    factors[c] = b[c];
    for (std::size_t r = c + 1; r < group; ++r) b[r] -= factors[c] * L[c * stride + r];
  }
  subtract(factors, L + group, stride, b + group, n);
}

}  // namespace

DenseLu::DenseLu(std::size_t n)
    : n_(n),
      stride_((n + group - 1) / group * group),
      A_(stride_ * stride_, 0.0),
      inverse_pivots_(n),
      b_(stride_, 0.0) {
  swaps_.reserve(n);
}

bool DenseLu::factor(double diagonal, double factor_of_M, std::span<const double> M) {
  EXPECT(M.size() == n_ * n_);
  for (std::size_t j = 0; j < n_; ++j) {
    double* const __restrict to = A_.data() + j * stride_;
    const double* const __restrict from = M.data() + j * n_;
    for (std::size_t i = 0; i < n_; ++i) to[i] = factor_of_M * from[i];
    to[j] += diagonal;
  }
  return factor();
}

bool DenseLu::factor() {
  swaps_.clear();
  for (std::size_t k = 0; k < n_; k += group) {
    const std::size_t active = std::min(group, n_ - k);
    if (!factor_panel(k, active)) return false;
    double* const L = A_.data() + k * stride_ + k;
    for (std::size_t j = k + group; j < n_; ++j)
      eliminate(L, stride_, group, A_.data() + j * stride_ + k, stride_ - k - group);
  }
  return true;
}

/// Columns k to k + active, of which the ones further left have been eliminated.
bool DenseLu::factor_panel(std::size_t k, std::size_t active) {
  const std::size_t below = stride_ - k - group;
  for (std::size_t c = 0; c < active; ++c) {
    if (!choose_pivot(k + c)) return false;
    double* const __restrict column = A_.data() + (k + c) * stride_ + k;
    const double inverse = inverse_pivots_[k + c] = 1.0 / column[c];
    for (std::size_t r = c + 1; r < group; ++r) column[r] *= inverse;
    for (std::size_t i = 0; i < below / group * group; ++i) column[group + i] *= inverse;
    for (std::size_t other = c + 1; other < active; ++other) {
      double* const __restrict y = A_.data() + (k + other) * stride_ + k;
      const double a = y[c];
      for (std::size_t r = c + 1; r < group; ++r) y[r] -= a * column[r];
      for (std::size_t i = 0; i < below / group * group; ++i) y[group + i] -= a * column[group + i];
    }
  }
  return true;
}

/// Brings the largest element of column j on or below the diagonal to the diagonal; false if there is none.
bool DenseLu::choose_pivot(std::size_t j) {
  const double* const column = A_.data() + j * stride_;
  double largest = 0.0;
#pragma omp simd reduction(max : largest)
  for (std::size_t i = j; i < stride_; ++i) largest = std::max(largest, std::abs(column[i]));
  if (!(largest > 0.0)) return false;
  if (std::abs(column[j]) == largest) return true;
  std::size_t other = j + 1;
  while (other + 1 < n_ && std::abs(column[other]) != largest) ++other;
  for (std::size_t k = 0; k < n_; ++k) std::swap(A_[k * stride_ + j], A_[k * stride_ + other]);
  swaps_.emplace_back(j, other);
  return true;
}

void DenseLu::solve(std::span<double> right) {
  EXPECT(right.size() == n_);
  double* const b = b_.data();
  std::copy(right.begin(), right.end(), b);
  for (const auto& [one, other] : swaps_) std::swap(b[one], b[other]);
  for (std::size_t k = 0; k < n_; k += group)
    eliminate(A_.data() + k * stride_ + k, stride_, std::min(group, n_ - k), b + k, stride_ - k - group);
  for (std::size_t k = stride_; k > 0; k -= group) {
    const std::size_t first = k - group;
    const double* const U = A_.data() + first * stride_;
    double factors[group] = {};
    for (std::size_t c = std::min(group, n_ - first); c-- > 0;) {
      factors[c] = b[first + c] *= inverse_pivots_[first + c];
      for (std::size_t r = 0; r < c; ++r) b[first + r] -= factors[c] * U[c * stride_ + first + r];
    }
    subtract(factors, U, stride_, b, first);
  }
  std::copy(b, b + n_, right.begin());
}

}  // namespace bimetal::subproblem
