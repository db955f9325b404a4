#pragma once

#include <torch/types.h>

#include <vector>

#include "core/archive.hpp"
#include "parallel/communicator.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// What is added to the answers of one version, so that they follow the rows that a run meets while its weights stay
/// as they are: a linear function of the network's last hidden features, by recursive least squares with exponential
/// forgetting and a ridge (S. Haykin, Adaptive Filter Theory, 4th ed., ch. 9). All targets share one Gram matrix. It
/// is in use while it brings the answers to rows that it has not seen yet nearer to physics than they are without it:
/// a good model is not made worse by what can be fitted to a few rows.
class Correction {
 public:
  /// features: [n, n_features]; missing: [n, n_targets] what the answers lacked, in knees; weight: [n]. A rank may
  /// give no rows. Rows that are not finite teach nothing, nor do the others of their call. Collective over `comm`.
  void learn(const torch::Tensor& features, const torch::Tensor& missing, const torch::Tensor& weight,
             const parallel::Communicator& comm);

  /// [n, n_targets] in knees; to be added unless it says_nothing(). Local.
  torch::Tensor operator()(const torch::Tensor& features) const;
  bool says_nothing() const { return !coefficients_.defined() || !(left_ < lacked_); }

  void persist(const core::Archive& archive, torch::Device device);

 private:
  void solve(torch::Device device);

  std::vector<double> sums_;     // [n_features + 1, n_features + 1 + n_targets]: Gram matrix and right-hand sides
  std::int64_t n_features_ = 0;  // without the constant one
  double lacked_ = 0.0;          // weighted squares of what answers lacked, fading like the sums
  double left_ = 0.0;            // and of what they would have lacked with the correction of the step before
  torch::Tensor coefficients_;   // [n_features + 1, n_targets], on the network's device
};

}  // namespace bimetal::surrogate
