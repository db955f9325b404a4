#pragma once

#include <torch/types.h>

#include "core/signature.hpp"
#include "surrogate/scaling.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// How far apart two answers are where it counts: max_k |delta_k| / scale_k over the predicted columns, for batches
/// of increments. Never changes, so copies share their tensor.
class ScaledDifference {
 public:
  /// Compares increments in the knees of `scaling`, on `device`. Local.
  ScaledDifference(const core::Signature& signature, const Scaling& scaling, torch::Device device = torch::kCPU);

  /// u, other: [n, n_targets] in knees; [n_predicted, n], the differences of all predicted columns, in scales. Local.
  torch::Tensor columns(const torch::Tensor& u, const torch::Tensor& other) const;
  /// Their largest size: [n], without gradient. Local.
  torch::Tensor operator()(const torch::Tensor& u, const torch::Tensor& other) const;

 private:
  torch::Tensor to_scaled_;  // [n_predicted, n_targets]: from differences of increments to those of scaled columns
};

}  // namespace bimetal::surrogate
