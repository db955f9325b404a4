#pragma once

#include <torch/script.h>

#include <string>

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// The container of a model: a zip archive that torch.jit.save has written, with the metadata and, for the native
/// network, its plain weights as extra files. Those are read without LibTorch.
struct ModelArchive {
  std::string metadata;  // bimetal.json
  std::string weights;   // bimetal.weights, as PlainForm reads it; empty where there are none

  /// UserError if the bytes are no such archive or the metadata is not in it; `source` names the file. Local.
  static ModelArchive open(std::string bytes, std::string source);
  static std::string pack(const torch::jit::Module& module, const std::string& metadata,
                          const std::string& weights = {});

  /// The TorchScript part, on the CPU. UserError if LibTorch cannot read it. Local.
  torch::jit::Module module() const;

 private:
  std::string bytes_, source_;
};

/// What a module says when it raises: the last line of its message, as TorchScript puts its own traceback before it.
std::string own_words(const std::exception& error);

}  // namespace bimetal::surrogate
