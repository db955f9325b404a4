#pragma once

#include <torch/script.h>
#include <torch/types.h>

#include <memory>

#include "surrogate/perceptrons.hpp"
#include "surrogate/scaling.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// The native network as a TorchScript module that keeps the contract of docs/models.md: scaling, layers and
/// invariants inside, weights under the names of Perceptrons::named_parameters(). Local.
torch::jit::Module native_module(const Perceptrons& network, const Scaling& scaling);

/// The way back: the native network that has this module's weights, under the same names or with dots in them
/// ("trunk.0.weight"); null if the module has others. Local.
std::unique_ptr<Perceptrons> native_network(const torch::jit::Module& module, const NetworkOptions& options,
                                            const Scaling& scaling, torch::Device device);

}  // namespace bimetal::surrogate
