#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace bimetal::core {

/// A small dense matrix, [rows, cols], row-major.
struct Matrix {
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::vector<double> values;  // [rows * cols]

  Matrix() = default;
  Matrix(std::size_t n_rows, std::size_t n_cols) : rows(n_rows), cols(n_cols), values(n_rows * n_cols, 0.0) {}
  double& operator()(std::size_t i, std::size_t j) { return values[i * cols + j]; }
  double operator()(std::size_t i, std::size_t j) const { return values[i * cols + j]; }
};

/// Solves A x = b by Gaussian elimination with partial pivoting; b becomes x, A is destroyed.
/// A row whose pivot is below `singular` times the largest entry of A is taken as 0 = 0 and its unknown set to 0.
/// Meant for the handful of unknowns of an element balance. Local.
void solve_in_place(Matrix& A, std::span<double> b, double singular = 1e-14);

}  // namespace bimetal::core
