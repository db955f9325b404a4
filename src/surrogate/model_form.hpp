#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>

#include "surrogate/network.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// A form in which a file keeps the network of a model. One class a form; an object of it has passed its checks.
class ModelForm {
 public:
  virtual ~ModelForm() = default;
  /// The network, ready to be asked and trained. seed: of weights that are drawn anew should they be lost. Local.
  virtual std::unique_ptr<Network> network(std::uint64_t seed, torch::Device device) const = 0;
  virtual const char* name() const = 0;  // for people
  virtual std::int64_t n_parameters() const = 0;
  virtual bool learns() const = 0;  // gradients reach a parameter
};

}  // namespace bimetal::surrogate
