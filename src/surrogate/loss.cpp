#include "surrogate/loss.hpp"

namespace bimetal::surrogate {
namespace {

// Decades of the scaled error the head is asked to tell apart; beyond, the answer is perfect or hopeless.
constexpr double smallest_error = 1e-8;
constexpr double largest_error = 1e4;
// Where Huber's error turns from quadratic to absolute. Of a column, in units: what is right need not become
// perfect, and what is far off does not drown the rest.
constexpr double column_width = 1.0;
constexpr double log_error_width = 0.5;  // [decades]

/// Its slope far away is 1. Sum over rows, mean over predicted columns.
torch::Tensor wrong(const torch::Tensor& increments, const torch::Tensor& truth, const torch::Tensor& unit,
                    const ScaledDifference& difference) {
  const auto error = difference.columns(increments, truth) / unit.t();
  return torch::huber_loss(error, torch::zeros_like(error), at::Reduction::Sum, column_width) /
         (column_width * static_cast<double>(error.size(0)));
}

}  // namespace

torch::Tensor loss(const Network::Answer& answer, const torch::Tensor& truth, const torch::Tensor& unit,
                   const ScaledDifference& difference) {
  const auto log_error = difference(answer.increments, truth).clamp_(smallest_error, largest_error).log10_();
  const auto misjudged = torch::huber_loss(answer.log_error, log_error, at::Reduction::Sum, log_error_width);
  const auto sum = wrong(answer.increments, truth, unit, difference) + misjudged;
  return answer.second.defined() ? sum + wrong(answer.second, truth, unit, difference) : sum;
}

}  // namespace bimetal::surrogate
