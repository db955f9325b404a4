#pragma once

#include <torch/torch.h>

#include <vector>

#include "core/archive.hpp"
#include "parallel/communicator.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// What is added to the answers of one version, so that they follow the rows that a run meets while its weights stay
/// as they are: a linear function of the network's last hidden features, by recursive least squares with exponential
/// forgetting and a ridge (S. Haykin, Adaptive Filter Theory, 4th ed., ch. 9). All targets share one Gram matrix.
class Correction {
 public:
  /// features: [n, n_features]; missing: [n, n_targets] what the answers lacked, in knees; weight: [n]. A rank may
  /// give no rows. Rows that are not finite teach nothing, nor do the others of their call. Collective over `comm`.
  void learn(const torch::Tensor& features, const torch::Tensor& missing, const torch::Tensor& weight,
             const parallel::Communicator& comm);

  /// [n, n_targets] in knees; to be added where says_nothing() is false. Local.
  torch::Tensor operator()(const torch::Tensor& features) const;
  bool says_nothing() const { return !coefficients_.defined(); }

  void persist(const core::Archive& archive, torch::Device device);

 private:
  void solve(torch::Device device);

  std::vector<double> sums_;    // [n_features + 1, n_features + 1 + n_targets]: Gram matrix and right-hand sides
  std::int64_t n_features_ = 0;  // without the constant one
  torch::Tensor coefficients_;  // [n_features + 1, n_targets], on the network's device
};

}  // namespace bimetal::surrogate
