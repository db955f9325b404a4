#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/rows.hpp"
#include "core/signature.hpp"
#include "surrogate/familiarity.hpp"
#include "surrogate/ranges.hpp"
#include "surrogate/scaling.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// What a model file says of itself: its metadata, docs/models.md.
struct ModelCard {
  /// Rows and what the module answers to them; what it says of `in` once loaded must be the same.
  struct Reference {
    core::RowTable in{0};           // [m, n_in]
    core::RowTable increments{0};   // [m, n_out]
    std::vector<double> log_error;  // [m]
  };

  core::Signature signature;
  std::vector<std::string> predicted;  // names of the outputs whose increments count
  double knee = 0.1;
  std::vector<double> resolutions;          // [n_features] in the units of the columns
  std::vector<Scaling::Standard> features;  // [n_features]
  std::vector<Scaling::Standard> targets;   // [n_targets]
  Familiarity::Numbers familiarity;
  Ranges ranges;
  std::int32_t version = 0;
  nlohmann::ordered_json architecture;  // {"name": ...}
  nlohmann::ordered_json training;      // whatever the trainer wants to keep
  Reference reference;
};

/// The scaling the model is meant for. Local.
Scaling scaling_of(const ModelCard& card);

/// As JSON, and back. UserError if something is missing, of the wrong kind or size, or not finite; `source` names the
/// file. Local.
std::string to_text(const ModelCard& card);
ModelCard read_card(const std::string& text, const std::string& source);

}  // namespace bimetal::surrogate
