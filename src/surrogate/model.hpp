#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/archive.hpp"
#include "core/rows.hpp"
#include "core/signature.hpp"
#include "parallel/communicator.hpp"
#include "surrogate/ask.hpp"
#include "surrogate/correction.hpp"
#include "surrogate/familiarity.hpp"
#include "surrogate/network.hpp"
#include "surrogate/options.hpp"
#include "surrogate/ranges.hpp"
#include "surrogate/scaled_difference.hpp"
#include "surrogate/scaling.hpp"
#include "surrogate/signals.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// All that belongs to one version: weights, the scaling they are meant for, and what their answers are doubted by.
struct Model {
  /// The native network with random weights, nothing fitted yet. Local.
  Model(const core::Signature& signature, const NetworkOptions& options, torch::Device device);
  /// A network that is meant for this scaling. Local.
  Model(const core::Signature& signature, std::unique_ptr<Network> network, const Scaling& scaling);
  /// A copy with a network of its own. Local.
  Model(const core::Signature& signature, const Model& other);

  /// Becomes a copy of another one of the same make. Local.
  void take(const Model& other);

  /// Expects a network of the same make.
  void persist(const core::Archive& archive);

  /// See Surrogate::predict. Local.
  void predict(core::ConstRows in, core::Rows out, std::span<Signals> signals);
  /// See Surrogate::correct. Collective over `comm`.
  void correct(core::ConstRows in, core::ConstRows out, double tolerance, const parallel::Communicator& comm);

  std::unique_ptr<Network> network;
  Scaling scaling;
  ScaledDifference difference;  // in the knees of `scaling`
  Familiarity familiarity;
  Correction correction;
  Ranges ranges;
  std::int32_t version = -1;  // never served
  std::string first_words;    // the network's own, when it first raised for a row; empty as long as it has not

 private:
  Model(const core::Signature& signature, const NetworkOptions& options, torch::Device device,
        const Scaling& unfitted);
  void mark_unanswered(const Asked& asked, core::Rows out, std::span<Signals> signals);

  torch::Tensor features_;  // [chunk, n_features], work space
  torch::Tensor rows_;      // [chunk, n_in], work space; undefined unless the network reads rows
};

/// Rows as a network gets them, written into tensors on the host. Local.
/// features: [>= n, n_features]; rows: [>= n, n_in] or undefined.
void fill_input(const Scaling& scaling, core::ConstRows in, std::int64_t first, std::int64_t n,
                const torch::Tensor& features, const torch::Tensor& rows);

}  // namespace bimetal::surrogate
