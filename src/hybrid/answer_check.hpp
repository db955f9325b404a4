#pragma once

#include <span>
#include <vector>

#include "control/switch_options.hpp"
#include "subproblem/solver.hpp"
#include "surrogate/signals.hpp"

namespace bimetal::hybrid {

/// Judges one answer of a surrogate: by itself, and by what physics says. Local.
class AnswerCheck {
 public:
  /// Borrows the kind.
  AnswerCheck(subproblem::Kind& kind, const control::SwitchOptions& options);

  /// Makes an answer physical, or says what stops it. in: [n_in], answer: [n_out].
  subproblem::Gate admit(std::span<const double> in, std::span<double> answer, const surrogate::Signals& signals);

  /// max_k |answer_k - truth_k| / scale_k [tolerances].
  double error(std::span<const double> answer, std::span<const double> truth) const;

 private:
  subproblem::Kind* kind_;
  double tolerance_;
  bool heeds_distance_;
  std::vector<double> scale_;  // [n_out]
};

}  // namespace bimetal::hybrid
