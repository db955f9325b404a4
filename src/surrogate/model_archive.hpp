#pragma once

#include <torch/script.h>

#include <string>

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// The container of a model: a TorchScript archive with the metadata as an extra file. PyTorch moves on to other
/// containers; what would change with them is here.
struct ModelArchive {
  torch::jit::Module module;
  std::string metadata;  // bimetal.json

  /// UserError if the bytes are no such archive or the metadata is not in it; `source` names the file. Local.
  static ModelArchive open(const std::string& bytes, const std::string& source);
  std::string bytes() const;
};

/// LibTorch's reason without its traceback, on one line.
std::string reason_of(const std::exception& error);

}  // namespace bimetal::surrogate
