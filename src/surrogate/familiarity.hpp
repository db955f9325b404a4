#pragma once

#include <torch/types.h>

#include <vector>

#include "parallel/communicator.hpp"
#include "surrogate/replay_buffer.hpp"
#include "surrogate/scaling.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// Which inputs a network has learned from: the Mahalanobis distance of an input's standardised features from their
/// mean (Mahalanobis, Proc. Natl. Inst. Sci. India 2 (1936) 49), over the 99.5 % quantile of that of the rows learned
/// from, so that one row in two hundred of those is farther than 1. Says nothing until made of rows. Never changes,
/// so copies share their tensors.
class Familiarity {
 public:
  Familiarity() = default;

  /// Of the rows in the buffers of all ranks, at most 20000 of each; features as `scaling` standardises them now.
  /// Without any rows it says nothing. On `device`. Collective.
  Familiarity(const ReplayBuffer& replay, const Scaling& scaling, const parallel::Communicator& comm,
              torch::Device device = torch::kCPU);

  /// whitening: [n_features, n_features], centre: [n_features]; both empty: it says nothing. Local.
  struct Numbers {
    std::vector<float> whitening;
    std::vector<float> centre;
  };
  Familiarity(const Numbers& numbers, torch::Device device);
  Numbers numbers() const;

  bool says_nothing() const { return !whitening_.defined(); }

  /// x: [n, n_features], standardised as above; [n], 0 everywhere while it says nothing. Not finite where the
  /// features are not. Local.
  torch::Tensor distance(const torch::Tensor& x) const;

 private:
  torch::Tensor whitening_;  // [n_features, n_features], lower triangular: distance = |whitening·x - centre|
  torch::Tensor centre_;     // [n_features, 1]: whitened mean
};

}  // namespace bimetal::surrogate
