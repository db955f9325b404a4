#include "surrogate/loss.hpp"

#include <algorithm>
#include <cmath>

namespace bimetal::surrogate {

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

torch::Tensor Loss::scaled_error(const torch::Tensor& z, const torch::Tensor& truth) const {
  const auto increment = [&](const torch::Tensor& t) {
    return (t * deviation_ + mean_).clamp(-15.0, 15.0).sinh() * knee_;
  };
  return (increment(z) - increment(truth)).matmul(to_errors_).abs();
}

torch::Tensor Loss::operator()(const Network::Answer& answer, const torch::Tensor& z) const {
  const auto error = scaled_error(answer.z, z);  // [n, n_predicted]
  const auto largest = std::get<0>(error.detach().max(1));
  const auto judged = torch::huber_loss(answer.log_error, largest.clamp_min(1e-8).log10(), at::Reduction::Sum, 0.5);
  return (answer.z - z).abs().sum() + judged;
}

}  // namespace bimetal::surrogate
