#pragma once

#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

#include "surrogate/network.hpp"
#include "surrogate/options.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// The native network: three multilayer perceptrons with GELU between their layers.
///  - the trunk, which answers;
///  - the error head, which looks at the trunk's last hidden features (detached, so that it judges the trunk without
///    bending it) and predicts log10 of the scaled error;
///  - the second network, from the features to the targets like the trunk, smaller, and without a weight in common.
///    Where both have learned they agree; elsewhere each makes up its own answer (Lakshminarayanan, Pritzel &
///    Blundell, NeurIPS 2017).
///
/// Trunk and second network say z, of which q = sinh(mean + deviation·z) knees; with Head::relaxation also the logit
/// of s, and the increment is q - s·base: nothing relaxes where the base is zero.
///
/// GELU is the exact one, by the error function. On one core (AVX2, OpenBLAS, 128 wide) a row costs 0.10 us for it,
/// 0.11 for SiLU, 0.32 for tanh, 0.39 for GELU's tanh approximation, beside 0.38 for the layer; and SiLU and tanh
/// learn flames more slowly.
class Perceptrons : public Network {
 public:
  /// Weights as after draw_weights(0). Local.
  Perceptrons(const Scaling& scaling, const NetworkOptions& options, torch::Device device = torch::kCPU);

  /// How many weights such a network has. Local.
  static std::int64_t count_parameters(std::int64_t n_features, std::int64_t n_targets,
                                       const NetworkOptions& options);

  Answer forward(const Input& input) const override;
  bool learns() const override { return true; }
  bool reads_rows() const override { return options_.head == Head::relaxation; }
  bool has_second() const override { return true; }
  /// The change goes into the first and the last layers of the trunk and the second network.
  void restate(const Scaling& to) override;
  void rescale(const Scaling& to) override;
  void take(const Network& other) override;
  void draw_weights(std::uint64_t draw) override;
  std::unique_ptr<Network> clone() const override;
  std::vector<torch::Tensor> parameters() const override;

  /// The same under the names they have in a model file: "trunk_0_weight", "head_1_bias", …
  std::vector<std::pair<std::string, torch::Tensor>> named_parameters() const;
  const NetworkOptions& options() const { return options_; }

 private:
  struct Layer {
    torch::Tensor weight;  // [n_to, n_from], view of weights_
    torch::Tensor bias;    // [n_to], view of weights_
  };
  /// Layers of the given widths, from the first to the last, on the next stretch of the flat arrays.
  std::vector<Layer> lay(const std::vector<std::int64_t>& widths, std::int64_t& offset);
  torch::Tensor view(std::int64_t& offset, at::IntArrayRef shape);
  static void restate(std::vector<Layer>& layers, const Scaling& from, const Scaling& to);
  /// The increments that a last layer says. bases: [n, n_targets] of the targets, in knees.
  torch::Tensor increments(const torch::Tensor& said, const torch::Tensor& bases) const;

  NetworkOptions options_;
  Scaling scaling_;
  torch::Tensor columns_;                      // [n_targets] of the rows: the bases, or any for a base of zero
  torch::Tensor per_knee_, mean_, deviation_;  // [n_targets]; per_knee_ is zero for a base of zero
  std::vector<Layer> trunk_;                   // the last one gives z, and the logits of s
  std::vector<Layer> head_;                    // the last one gives log10 of the error
  std::vector<Layer> second_;                  // the last one gives the same as that of the trunk
};

}  // namespace bimetal::surrogate
