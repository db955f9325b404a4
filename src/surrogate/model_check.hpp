#pragma once

#include <torch/script.h>

#include <string>

#include "surrogate/model_card.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// Whether a module keeps the contract of docs/models.md and answers what its card says: parameters finite and in
/// single precision; increments, log_error and perhaps second of the right shapes and types; the reference rows
/// reproduced. One sentence as a UserError if not; `source` names the file. Local.
void check_module(torch::jit::Module& module, const ModelCard& card, const std::string& source);

/// What a module says about the reference rows. Local.
ModelCard::Reference answers_to(torch::jit::Module& module, const core::RowTable& rows, std::int64_t n_out);

/// Whether two sets of answers are the same but for round-off. Local.
bool agree(const ModelCard::Reference& a, const ModelCard::Reference& b, const core::Signature& signature);

}  // namespace bimetal::surrogate
