#pragma once

#include <torch/types.h>
#include <torch/utils.h>

#include <span>
#include <string_view>

#include "core/archive.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// Saves the values of a tensor in single precision, or overwrites them in place. The same on every rank.
inline void persist_tensor(const core::Archive& archive, std::string_view name, torch::Tensor tensor) {
  const torch::NoGradGuard no_gradient;
  auto host = tensor.detach().to(torch::kCPU).contiguous();
  archive.alike(name, std::span(host.data_ptr<float>(), static_cast<std::size_t>(host.numel())));
  if (archive.restores() && !host.is_same(tensor)) tensor.copy_(host);
}

}  // namespace bimetal::surrogate
