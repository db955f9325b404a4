#pragma once

#include <torch/torch.h>

#include "core/signature.hpp"
#include "surrogate/network.hpp"
#include "surrogate/scaling.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// How wrong a batch of answers is, in the network's own terms, for descent.
class Loss {
 public:
  Loss(const core::Signature& signature, const Scaling& scaling);

  /// Sum over the rows of the trunk's and the error head's losses. answer: for n rows; z: [n, n_targets], what it should have been. Local.
  torch::Tensor operator()(const Network::Answer& answer, const torch::Tensor& z) const;

 private:
  /// max_k |delta_k| / scale_k over the predicted columns, [n].
  torch::Tensor scaled_error(const torch::Tensor& z, const torch::Tensor& truth) const;

  torch::Tensor mean_;         // [n_targets]
  torch::Tensor deviation_;    // [n_targets]
  torch::Tensor knee_;         // [n_targets]
  torch::Tensor to_errors_;    // [n_targets, n_predicted]: error of xi to scaled error of every predicted column
};

}  // namespace bimetal::surrogate
