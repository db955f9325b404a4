#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "surrogate/scaling.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// A network that answers rows, in float32. All its weights lie in one flat array and all gradients in another: one
/// reduction averages them over ranks, one loop updates them, one copy promotes them.
class Network {
 public:
  virtual ~Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  struct Input {
    torch::Tensor features;  // [n, n_features] standardised
    torch::Tensor rows;      // [n, n_in] as physics gets them; undefined unless reads_rows()
    Input part(std::int64_t first, std::int64_t n) const {
      return {features.narrow(0, first, n), rows.defined() ? rows.narrow(0, first, n) : torch::Tensor()};
    }
    Input to(torch::Device device) const {
      return {features.to(device), rows.defined() ? rows.to(device) : torch::Tensor()};
    }
  };
  struct Answer {
    torch::Tensor increments;  // [n, n_targets] of the free columns, in knees
    torch::Tensor log_error;   // [n]: log10 of the scaled error
    torch::Tensor second;      // [n, n_targets] increments by a second network; undefined unless has_second()
    torch::Tensor features;    // [n, any] of which the last layer is linear, or the input's; without gradient
  };
  /// Differentiable unless gradients are off. One that somebody else has made may raise for some rows (ask.hpp).
  /// Local.
  virtual Answer forward(const Input& input) const = 0;
  virtual bool learns() const = 0;  // gradients reach its weights
  virtual bool reads_rows() const = 0;
  virtual bool has_second() const = 0;

  /// Goes on saying the same about the same rows when features and targets are standardised as in `to`. Local.
  virtual void restate(const Scaling& to) = 0;
  /// Keeps its weights, which say something else when features and targets are standardised as in `to`. Local.
  virtual void rescale(const Scaling& to) = 0;

  /// Weights to start from, a function of the seed and of `draw`, how often they were drawn before. Local.
  virtual void draw_weights(std::uint64_t draw) = 0;

  /// Becomes a copy of another one of the same make. Local.
  virtual void take(const Network& other) = 0;
  virtual std::unique_ptr<Network> clone() const = 0;

  /// What is trained; views of the flat arrays below. Local.
  virtual std::vector<torch::Tensor> parameters() const = 0;

  const torch::Tensor& weights() const { return weights_; }    // [n_parameters]
  const torch::Tensor& gradient() const { return gradient_; }  // [n_parameters] where backward() adds up
  std::int64_t n_parameters() const { return weights_.numel(); }
  torch::Device device() const { return weights_.device(); }

 protected:
  Network(std::int64_t n_parameters, torch::Device device)
      : weights_(torch::zeros({n_parameters}, device)), gradient_(torch::zeros({n_parameters}, device)) {}

  torch::Tensor weights_;
  torch::Tensor gradient_;
};

bool all_finite(const Network& network);  // its weights

}  // namespace bimetal::surrogate
