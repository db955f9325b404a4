#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <span>
#include <vector>

#include "surrogate/options.hpp"
#include "surrogate/scaling.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// Three multilayer perceptrons with GELU between their layers, in float32:
///  - the trunk, which answers;
///  - the error head, which looks at the trunk's last hidden features (detached, so that it judges the trunk without
///    bending it) and predicts log10 of the scaled error;
///  - the second network, from the features to the targets like the trunk, smaller, and without a weight in common.
///    Where both have learned they agree; elsewhere each makes up its own answer (Lakshminarayanan, Pritzel &
///    Blundell, NeurIPS 2017).
///
/// GELU is the exact one, by the error function. On one core (AVX2, OpenBLAS, 128 wide) a row costs 0.10 us for it,
/// 0.11 for SiLU, 0.32 for tanh, 0.39 for GELU's tanh approximation, beside 0.38 for the layer; and SiLU and tanh
/// learn flames more slowly.
///
/// All weights lie in one flat array, and all gradients in another: one reduction averages them over ranks, one loop
/// updates them, one copy promotes them.
class Network {
 public:
  /// Weights as after draw_weights(0). Local.
  Network(std::int64_t n_features, std::int64_t n_targets, const NetworkOptions& options);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  struct Answer {
    torch::Tensor z;          // [n, n_targets]
    torch::Tensor log_error;  // [n]
    torch::Tensor second;     // [n, n_targets], z according to the second network
  };
  /// x: [n, n_features]. Differentiable unless gradients are off. Local.
  Answer forward(const torch::Tensor& x) const;

  /// Says the same about the same rows when features and targets are standardised as in `to` instead of `from`: the
  /// change goes into the first and the last layers of the trunk and the second network. Local.
  void restate(const Scaling& from, const Scaling& to);

  /// Initial weights, a function of options.seed and of how often they were drawn before. Local.
  void draw_weights(std::uint64_t draw);

  /// Every layer's weight and bias; views of the flat arrays below. Local.
  std::vector<torch::Tensor> parameters() const;

  std::int64_t n_parameters() const { return weights_.numel(); }
  std::span<float> weights() { return {weights_.data_ptr<float>(), static_cast<std::size_t>(n_parameters())}; }
  std::span<const float> weights() const {
    return {weights_.data_ptr<float>(), static_cast<std::size_t>(n_parameters())};
  }
  /// Where backward() adds up; zero it before. [n_parameters]
  std::span<float> gradient() { return {gradient_.data_ptr<float>(), static_cast<std::size_t>(n_parameters())}; }

 private:
  struct Layer {
    torch::Tensor weight;  // [n_to, n_from], view of weights_
    torch::Tensor bias;    // [n_to], view of weights_
  };
  /// Layers of the given widths, from the first to the last, on the next stretch of the flat arrays.
  std::vector<Layer> lay(const std::vector<std::int64_t>& widths, std::int64_t& offset);
  torch::Tensor view(std::int64_t& offset, at::IntArrayRef shape);
  static void restate(std::vector<Layer>& layers, const Scaling& from, const Scaling& to);
  std::vector<Layer> all_layers() const;

  std::uint64_t seed_;
  torch::Tensor weights_;      // [n_parameters]
  torch::Tensor gradient_;     // [n_parameters]
  std::vector<Layer> trunk_;   // the last one gives z
  std::vector<Layer> head_;    // the last one gives log10 of the error
  std::vector<Layer> second_;  // the last one gives the second z
};

}  // namespace bimetal::surrogate
