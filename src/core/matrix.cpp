#include "core/matrix.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace bimetal::core {

void solve_in_place(Matrix& A, std::span<double> b, double singular) {
  EXPECT(A.rows == A.cols && b.size() == A.rows);
  const std::size_t n = A.rows;
  double largest = 0.0;
  for (double value : A.values) largest = std::max(largest, std::abs(value));
  const double floor = singular * largest;

  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (std::abs(A(i, k)) > std::abs(A(pivot, k))) pivot = i;
    if (pivot != k) {
      for (std::size_t j = 0; j < n; ++j) std::swap(A(k, j), A(pivot, j));
      std::swap(b[k], b[pivot]);
    }
    if (!(std::abs(A(k, k)) > floor)) continue;
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = A(i, k) / A(k, k);
      if (factor == 0.0) continue;
      for (std::size_t j = k; j < n; ++j) A(i, j) -= factor * A(k, j);
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    if (!(std::abs(A(k, k)) > floor)) {
      b[k] = 0.0;
      continue;
    }
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= A(k, j) * b[j];
    b[k] /= A(k, k);
  }
}

}  // namespace bimetal::core
