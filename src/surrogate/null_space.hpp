#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/signature.hpp"

namespace bimetal::surrogate {

/// All answers that keep the invariants: out = base + N·xi with a·N = 0 for every invariant a.
///
/// N is aligned with the columns of the answer. As many columns as there are independent invariants are pivots, the
/// others are free; xi_j is by how much the j-th free column differs from its base, and the pivots follow,
/// delta_pivot = -E_pivot^-1 E_free xi. Pivots are the columns of largest scale that leave E_pivot regular (N2, O2
/// and H2O for hydrogen in air), so a small error of a trace species never shows as a large scaled error elsewhere.
/// Derived columns are neither; an invariant must not contain them.
class NullSpace {
 public:
  /// Throws RuntimeFailure when an invariant contains a derived column or nothing is left to predict. Local.
  explicit NullSpace(const core::Signature& signature);

  std::int64_t n_free() const { return static_cast<std::int64_t>(free_.size()); }
  std::int64_t n_out() const { return std::ssize(bases_); }
  std::span<const std::int64_t> free_columns() const { return free_; }     // [n_free], ascending
  std::span<const std::int64_t> pivot_columns() const { return pivots_; }  // [rank of the invariants]

  /// N, [n_out, n_free]; rows of derived columns are zero.
  core::Matrix basis() const;

  /// out = base(in) + N·xi. in: [n_in]; xi: [n_free]; out: [n_out]. Derived columns are their base. Local.
  void advance(std::span<const double> in, std::span<const double> xi, std::span<double> out) const {
    const std::size_t n_free = free_.size();
    for (std::size_t p = 0; p < pivots_.size(); ++p) {
      double change = 0.0;
      for (std::size_t j = 0; j < n_free; ++j) change += dependence_(p, j) * xi[j];
      const auto k = static_cast<std::size_t>(pivots_[p]);
      out[k] = core::base_of(bases_[k], in) + change;
    }
    for (std::size_t j = 0; j < n_free; ++j) {
      const auto k = static_cast<std::size_t>(free_[j]);
      out[k] = core::base_of(bases_[k], in) + xi[j];
    }
    for (const auto column : derived_) {
      const auto k = static_cast<std::size_t>(column);
      out[k] = core::base_of(bases_[k], in);
    }
  }

 private:
  std::vector<std::optional<std::int64_t>> bases_;  // [n_out] input; none: zero
  std::vector<std::int64_t> pivots_;
  std::vector<std::int64_t> free_;
  std::vector<std::int64_t> derived_;
  core::Matrix dependence_;  // [n_pivots, n_free]: -E_pivot^-1 E_free
};

}  // namespace bimetal::surrogate
