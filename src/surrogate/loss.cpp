#include "surrogate/loss.hpp"

namespace bimetal::surrogate {
namespace {

// Decades of the scaled error the head is asked to tell apart; beyond, the answer is perfect or hopeless.
constexpr double smallest_error = 1e-8;
constexpr double largest_error = 1e4;
// Of the error head's Huber loss, in decades.
constexpr double huber_width = 0.5;

}  // namespace

torch::Tensor loss(const Network::Answer& answer, const torch::Tensor& z, const ScaledDifference& difference) {
  const auto log_error = difference(answer.z, z).clamp_(smallest_error, largest_error).log10_();
  const auto misjudged = torch::huber_loss(answer.log_error, log_error, at::Reduction::Sum, huber_width);
  const auto wrong = torch::l1_loss(answer.z, z, at::Reduction::Sum);
  const auto sum = wrong / z.size(1) + misjudged;
  if (!answer.second.defined()) return sum;
  return sum + torch::l1_loss(answer.second, z, at::Reduction::Sum) / z.size(1);
}

}  // namespace bimetal::surrogate
