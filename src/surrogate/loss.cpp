#include "surrogate/loss.hpp"

#include <vector>

namespace bimetal::surrogate {
namespace {

// Decades of the scaled error the head is asked to tell apart; beyond, the answer is perfect or hopeless.
constexpr double smallest_error = 1e-8;
constexpr double largest_error = 1e4;
// Of the error head's Huber loss, in decades.
constexpr double huber_width = 0.5;

}  // namespace

Loss::Loss(const core::Signature& signature, const Scaling& scaling) {
  const auto& null_space = scaling.null_space();
  const auto N = null_space.basis();
  const auto targets = scaling.target_scales();
  const auto n_targets = scaling.n_targets();
  std::vector<std::int64_t> predicted(null_space.free_columns().begin(), null_space.free_columns().end());
  predicted.insert(predicted.end(), null_space.pivot_columns().begin(), null_space.pivot_columns().end());

  to_errors_ = torch::zeros({n_targets, static_cast<std::int64_t>(predicted.size())}, torch::kFloat32);
  for (std::int64_t j = 0; j < n_targets; ++j)
    for (std::size_t p = 0; p < predicted.size(); ++p) {
      const auto k = static_cast<std::size_t>(predicted[p]);
      to_errors_[j][static_cast<std::int64_t>(p)] = N(k, static_cast<std::size_t>(j)) / signature.outputs[k].scale;
    }
  mean_ = torch::zeros({n_targets}, torch::kFloat32);
  deviation_ = torch::zeros({n_targets}, torch::kFloat32);
  knee_ = torch::zeros({n_targets}, torch::kFloat32);
  for (std::int64_t j = 0; j < n_targets; ++j) {
    const auto& target = targets[static_cast<std::size_t>(j)];
    mean_[j] = target.mean;
    deviation_[j] = target.deviation;
    knee_[j] = target.knee;
  }
}

torch::Tensor Loss::log_scaled_error(const torch::Tensor& z, const torch::Tensor& truth) const {
  const torch::NoGradGuard no_gradient;
  const auto xi = [&](const torch::Tensor& target) { return (target * deviation_ + mean_).sinh_().mul_(knee_); };
  const auto errors = (xi(z) - xi(truth)).mm(to_errors_).abs_();  // [n, n_predicted]
  return errors.amax(1).clamp_(smallest_error, largest_error).log10_();
}

torch::Tensor Loss::operator()(const Network::Answer& answer, const torch::Tensor& z) const {
  const auto wrong = torch::l1_loss(answer.z, z, at::Reduction::Sum) / z.size(1);
  const auto misjudged =
      torch::huber_loss(answer.log_error, log_scaled_error(answer.z, z), at::Reduction::Sum, huber_width);
  return wrong + misjudged;
}

}  // namespace bimetal::surrogate
