#pragma once

#include <torch/script.h>

#include <string>

#include "surrogate/model_card.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// What is known of a module that keeps the contract.
struct ModuleTraits {
  bool has_second = false;
  bool learns = false;  // gradients reach a parameter
};

/// Whether a module keeps the contract of docs/models.md and answers what its card says: parameters finite and in
/// single precision; one input; increments, log_error and perhaps second of the right shapes and types; the reference
/// rows reproduced, all together and each by itself. One sentence as a UserError if not, the same that
/// models/check.py has; `source` names the file. Local.
ModuleTraits check_module(torch::jit::Module& module, const ModelCard& card, const std::string& source);

/// What a module says about reference rows. Local.
ModelCard::Reference answers_to(torch::jit::Module& module, const core::RowTable& rows, std::int64_t n_out);

}  // namespace bimetal::surrogate
