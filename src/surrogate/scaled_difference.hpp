#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <vector>

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

  std::int64_t n_predicted() const { return std::ssize(predicted_); }

  /// What errors in a row's predicted columns are learned in, [n_predicted] in scales: the tolerance, and for a mass
  /// fraction core::resolved_part of it. out: [n_out]. Local.
  void units(std::span<const double> out, double tolerance, float* unit) const;

 private:
  struct Predicted {
    std::size_t column;
    double scale;       // in the column's unit
    double resolution;  // of its feature, in scales; 0 if it continues no mass fraction
  };
  std::vector<Predicted> predicted_;
  torch::Tensor to_scaled_;  // [n_predicted, n_targets]: from differences of increments to those of scaled columns
};

}  // namespace bimetal::surrogate
