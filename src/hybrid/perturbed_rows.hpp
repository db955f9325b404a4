#pragma once

#include <cstdint>
#include <vector>

#include "core/rows.hpp"
#include "subproblem/solver.hpp"
#include "surrogate/null_space.hpp"

namespace bimetal::hybrid {

/// Rows beside those of the run, for training: copies of rows that physics was asked about, their continued inputs
/// moved as far off as a surrogate's errors would move them, with the answers of physics.
///
/// A surrogate whose answers are the next step's inputs drifts off the states that physics leaves behind. If it has
/// seen those alone, nothing leads it back, as it never learned how fast a trace of a radical that should not be
/// there vanishes (Ross, Gordon & Bagnell, AISTATS 2011, on imitation in general; Sanchez-Gonzalez et al., ICML 2020,
/// who add noise to the inputs). Here the moved rows are solved, so they are true.
class PerturbedRows {
 public:
  /// share: of the rows offered, in [0, 1]. tolerance: what the size of the moves is measured in. resolution: of mass
  /// fractions, part of a scale (surrogate.resolution).
  PerturbedRows(const core::Signature& signature, double share, double tolerance, double resolution,
                std::uint64_t seed);

  /// Forgets the rows of the last step. n_memory: numbers that physics keeps of each row to come.
  void clear(std::int64_t n_memory = 0);

  /// Adds a moved copy of `in` if a coin of (seed, step, cell) says so: every free column that continues an input
  /// moves by a normal number times 10^u of its scale, u uniform between a thousandth of the tolerance and three of
  /// it, one u a row, and a mass fraction by core::resolved_part of that; the kind restores what is conserved. A copy
  /// that would be unphysical is left out. memory: [n_memory] what physics keeps of the row. Local.
  void offer(subproblem::Kind& kind, std::span<const double> in, std::int64_t id, std::int64_t step,
             std::span<const double> memory = {});

  /// Has `physics` answer the copies; rows it cannot solve are left out. How many these were. Collective if `physics`
  /// is.
  std::int64_t solve(subproblem::SubproblemSolver& physics, std::int64_t step);

  std::int64_t size() const { return in_.size(); }
  core::ConstRows in() const { return in_.rows(); }         // [size, n_in]
  core::ConstRows out() const { return out_.rows(); }       // [size, n_out]
  std::span<const std::int64_t> id() const { return id_; }  // [size] -1 - cell that a row is a moved copy of

 private:
  core::Signature signature_;
  surrogate::NullSpace null_space_;
  double share_;
  double tolerance_;
  double resolution_;
  std::uint64_t seed_;
  core::RowTable in_, out_;
  std::vector<std::int64_t> id_;
  core::RowTable memory_{0};   // of the rows that are not yet solved
  std::vector<double> xi_;     // [n_free], work space
  std::vector<double> moved_;  // [n_out], work space
  std::vector<double> row_;    // [n_in], work space
};

}  // namespace bimetal::hybrid
