#pragma once

#include <memory>

#include "surrogate/model.hpp"
#include "surrogate/model_card.hpp"
#include "surrogate/model_file.hpp"
#include "surrogate/model_form.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

struct ModelFile::Content {
  ModelCard card;
  std::unique_ptr<const ModelForm> form;
};

/// The model of a file, ready to be asked and trained about `signature`. Local.
Model load_model(const ModelFile& file, const core::Signature& signature, std::uint64_t seed, torch::Device device);

/// The bytes of a model file. reference: rows to be answered for checks, one or more. `training` and the architecture
/// of a module somebody else has built are passed on. Local.
std::string write_model(const Model& model, const core::Signature& signature, const core::RowTable& reference,
                        const nlohmann::ordered_json& training, const nlohmann::ordered_json& foreign_architecture);

}  // namespace bimetal::surrogate
