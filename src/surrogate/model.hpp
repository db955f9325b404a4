#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <span>

#include "core/rows.hpp"
#include "core/signature.hpp"
#include "surrogate/familiarity.hpp"
#include "surrogate/network.hpp"
#include "surrogate/options.hpp"
#include "surrogate/scaled_difference.hpp"
#include "surrogate/scaling.hpp"
#include "surrogate/signals.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// All that belongs to one version: weights, the scaling they are meant for, and what their answers are doubted by.
struct Model {
  /// Random weights, nothing fitted yet. Local.
  Model(const core::Signature& signature, const NetworkOptions& options);

  /// Becomes a copy of another one of the same shape. Local.
  void take(const Model& other);

  /// See Surrogate::predict. Local.
  void predict(core::ConstRows in, core::Rows out, std::span<Signals> signals);

  Scaling scaling;
  Network network;
  ScaledDifference difference;  // in units of `scaling`, like what follows
  Familiarity familiarity;
  std::int32_t version = -1;  // never served

 private:
  torch::Tensor x_;  // [chunk, n_features], work space
};

}  // namespace bimetal::surrogate
