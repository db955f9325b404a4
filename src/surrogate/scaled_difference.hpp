#pragma once

#include <torch/torch.h>

#include "core/signature.hpp"
#include "surrogate/scaling.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// How far apart two answers are where it counts: max_k |delta_k| / scale_k over the predicted columns, for batches
/// of standardised targets. Never changes, so copies share their tensors.
class ScaledDifference {
 public:
  /// Of targets as `scaling` standardises them now; on `device`. Local.
  ScaledDifference(const core::Signature& signature, const Scaling& scaling, torch::Device device = torch::kCPU);

  /// z, other: [n, n_targets]; [n], without gradient. Not finite where increments overflow single precision. Local.
  torch::Tensor operator()(const torch::Tensor& z, const torch::Tensor& other) const;

 private:
  torch::Tensor increments(const torch::Tensor& z) const;  // xi / knee, [n, n_targets]

  torch::Tensor mean_;       // [n_targets]
  torch::Tensor deviation_;  // [n_targets]
  torch::Tensor to_scaled_;  // [n_predicted, n_targets]: from differences of xi / knee to those of scaled columns
};

}  // namespace bimetal::surrogate
