#include "surrogate/null_space.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.hpp"

namespace bimetal::surrogate {
namespace {

// A column counts as independent of the chosen ones when this part of its length is left after projecting them out.
// Element compositions are ratios of small integers times atomic masses, so a dependent column leaves round-off and
// an independent one several per cent.
constexpr double independent = 1e-6;

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Column k of the invariants, each invariant scaled to a largest entry of 1.
std::vector<double> scaled_column(const core::Matrix& E, std::size_t k) {
  std::vector<double> column(E.rows, 0.0);
  for (std::size_t i = 0; i < E.rows; ++i) {
    double largest = 0.0;
    for (std::size_t j = 0; j < E.cols; ++j) largest = std::max(largest, std::abs(E(i, j)));
    if (largest > 0.0) column[i] = E(i, k) / largest;
  }
  return column;
}

/// Subtracts the part of `column` that lies in the span of the orthonormal `directions`; twice, for round-off.
void project_out(const std::vector<std::vector<double>>& directions, std::vector<double>& column) {
  for (int pass = 0; pass < 2; ++pass)
    for (const auto& direction : directions) {
      const double part = dot(direction, column);
      for (std::size_t i = 0; i < column.size(); ++i) column[i] -= part * direction[i];
    }
}

/// Greedy choice, from the column of largest scale down.
std::vector<std::int64_t> choose_pivots(const core::Signature& signature) {
  const auto& outputs = signature.outputs;
  std::vector<std::size_t> order;
  for (std::size_t k = 0; k < outputs.size(); ++k)
    if (!outputs[k].derived) order.push_back(k);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return outputs[a].scale > outputs[b].scale; });

  std::vector<std::int64_t> pivots;
  std::vector<std::vector<double>> directions;
  for (const std::size_t k : order) {
    if (directions.size() == signature.invariants.rows) break;
    auto column = scaled_column(signature.invariants, k);
    const double length = std::sqrt(dot(column, column));
    project_out(directions, column);
    const double rest = std::sqrt(dot(column, column));
    if (!(rest > independent * length)) continue;
    for (double& value : column) value /= rest;
    directions.push_back(std::move(column));
    pivots.push_back(static_cast<std::int64_t>(k));
  }
  return pivots;
}

/// -E_pivot^-1 E_free. The normal equations also serve invariants that depend on each other (more rows than pivots);
/// what they lose in precision, iterative refinement against the invariants themselves brings back.
core::Matrix solve_dependence(const core::Matrix& E, std::span<const std::int64_t> pivots,
                              std::span<const std::int64_t> free) {
  constexpr int n_refinements = 3;
  const auto entry = [&](std::size_t i, std::int64_t k) { return E(i, static_cast<std::size_t>(k)); };
  core::Matrix dependence(pivots.size(), free.size());
  for (std::size_t j = 0; j < free.size(); ++j)
    for (int pass = 0; pass < n_refinements; ++pass) {
      core::Matrix normal(pivots.size(), pivots.size());
      std::vector<double> right(pivots.size(), 0.0);
      for (std::size_t i = 0; i < E.rows; ++i) {
        double residual = -entry(i, free[j]);
        for (std::size_t q = 0; q < pivots.size(); ++q) residual -= entry(i, pivots[q]) * dependence(q, j);
        for (std::size_t p = 0; p < pivots.size(); ++p) {
          right[p] += entry(i, pivots[p]) * residual;
          for (std::size_t q = 0; q < pivots.size(); ++q) normal(p, q) += entry(i, pivots[p]) * entry(i, pivots[q]);
        }
      }
      core::solve_in_place(normal, right);
      for (std::size_t p = 0; p < pivots.size(); ++p) dependence(p, j) += right[p];
    }
  return dependence;
}

}  // namespace

NullSpace::NullSpace(const core::Signature& signature) : pivots_(choose_pivots(signature)) {
  for (const auto& output : signature.outputs) bases_.push_back(output.continues);
  for (std::int64_t k = 0; k < n_out(); ++k) {
    const auto column = static_cast<std::size_t>(k);
    if (!signature.outputs[column].derived) {
      if (std::find(pivots_.begin(), pivots_.end(), k) == pivots_.end()) free_.push_back(k);
      continue;
    }
    derived_.push_back(k);
    for (std::size_t i = 0; i < signature.invariants.rows; ++i)
      VALIDATE(
          signature.invariants(i, column) == 0.0,
          "Invariant {} of '{}' contains the derived output '{}', which the surrogate does not predict; leave it "
          "out of the invariants.",
          i, signature.kind, signature.outputs[column].name);
  }
  VALIDATE(!free_.empty(), "The invariants of '{}' leave no output to predict.", signature.kind);
  dependence_ = solve_dependence(signature.invariants, pivots_, free_);
}

core::Matrix NullSpace::basis() const {
  core::Matrix N(bases_.size(), free_.size());
  for (std::size_t j = 0; j < free_.size(); ++j) {
    N(static_cast<std::size_t>(free_[j]), j) = 1.0;
    for (std::size_t p = 0; p < pivots_.size(); ++p) N(static_cast<std::size_t>(pivots_[p]), j) = dependence_(p, j);
  }
  return N;
}

}  // namespace bimetal::surrogate
