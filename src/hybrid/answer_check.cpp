#include "hybrid/answer_check.hpp"

#include "control/scaled_error.hpp"

namespace bimetal::hybrid {

using subproblem::Gate;

AnswerCheck::AnswerCheck(subproblem::Kind& kind, const control::SwitchOptions& options)
    : kind_(&kind), tolerance_(options.tolerance), heeds_distance_(options.acceptance_rule().by_evidence()) {
  for (const auto& output : kind.signature().outputs) scale_.push_back(output.scale);
}

Gate AnswerCheck::admit(std::span<const double> in, std::span<double> answer, const surrogate::Signals& signals) {
  const auto gate = kind_->admit(in, answer, tolerance_);
  if (gate != Gate::open) return gate;
  // Beyond what the surrogate was trained on, no score means anything. A fixed score knows no such caution.
  return heeds_distance_ && !(signals.distance <= kind_->reach()) ? Gate::unfamiliar : Gate::open;
}

double AnswerCheck::error(std::span<const double> answer, std::span<const double> truth) const {
  return control::scaled_error(answer, truth, scale_, tolerance_);
}

}  // namespace bimetal::hybrid
