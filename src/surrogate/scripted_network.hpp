#pragma once

#include <torch/script.h>
#include <torch/types.h>

#include "surrogate/module_check.hpp"
#include "surrogate/network.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// A network somebody else has built: a TorchScript module that keeps the contract of docs/models.md. It sees rows as
/// they are and says increments, which are expressed in the targets of the current scaling here, so that it is
/// trained and judged like the native one. In evaluation mode, not optimised by the just-in-time compiler, which
/// would compile anew for every size of batch.
class ScriptedNetwork : public Network {
 public:
  /// A module that check_module() has passed, and found to have these traits; it is copied. Local.
  ScriptedNetwork(const torch::jit::Module& module, const ModuleTraits& traits, const Scaling& scaling,
                  torch::Device device);

  /// Raises what the module raises.
  Answer forward(const Input& input) const override;
  bool learns() const override { return traits_.learns; }
  bool reads_rows() const override { return true; }
  bool has_second() const override { return traits_.has_second; }
  void restate(const Scaling& to) override { rescale(to); }  // its answers know nothing of the scaling
  void rescale(const Scaling& to) override { scaling_ = to; }
  void draw_weights(std::uint64_t draw) override;  // those it came with
  void take(const Network& other) override;
  std::unique_ptr<Network> clone() const override;
  std::vector<torch::Tensor> parameters() const override;

  /// With weights of its own, for a file. Local.
  torch::jit::Module module() const;

 private:
  Answer nothing(const Input& input) const;
  torch::Tensor in_knees(const torch::Tensor& increments) const;

  torch::jit::Module given_;           // never changed: LibTorch cannot copy a module whose parameters share storage
  mutable torch::jit::Module module_;  // its parameters are views of the flat arrays; forward() is not const
  ModuleTraits traits_;
  Scaling scaling_;
  torch::Tensor given_weights_;  // [n_parameters]
  torch::Tensor columns_;        // [n_targets] of the increments
  torch::Tensor knee_;           // [n_targets]
};

/// Whether a gradient of what a module says reaches any of its parameters, all of which are meant to be trained. A
/// frozen module has none, and one that answers without gradients never moves. rows: [n, n_in]. Local.
bool gradients_reach(const torch::jit::Module& module, const torch::Tensor& rows);

}  // namespace bimetal::surrogate
