#pragma once

#include <torch/torch.h>

#include "core/signature.hpp"
#include "surrogate/network.hpp"
#include "surrogate/scaling.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// How wrong a batch of answers is, for descent: the absolute error of z for the trunk, and for the error head the
/// Huber error of its log10 of the scaled error that the same answers have just now.
class Loss {
 public:
  /// The scaling must be fitted. Local.
  Loss(const core::Signature& signature, const Scaling& scaling);

  /// Sum over the rows, so that sums over ranks weigh every row alike. z: [n, n_targets], the truth. Local.
  torch::Tensor operator()(const Network::Answer& answer, const torch::Tensor& z) const;

 private:
  /// log10 of max_k |delta_k| / scale_k over the predicted columns, [n]; without gradient.
  torch::Tensor log_scaled_error(const torch::Tensor& z, const torch::Tensor& truth) const;

  torch::Tensor mean_;       // [n_targets]
  torch::Tensor deviation_;  // [n_targets]
  torch::Tensor knee_;       // [n_targets]
  torch::Tensor to_errors_;  // [n_targets, n_predicted]: error of xi to scaled error of every predicted column
};

}  // namespace bimetal::surrogate
