#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "surrogate/model_archive.hpp"
#include "surrogate/model_card.hpp"
#include "surrogate/model_form.hpp"
#include "surrogate/perceptrons.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// The native network as its architecture, from the card, and plain weights: little-endian float32, those of
/// Perceptrons::named_parameters() one after another, each row by row. Our own code makes the network of them, and
/// nobody needs to know TorchScript for it.
class PlainForm : public ModelForm {
 public:
  static bool is_in(const ModelArchive& archive, const ModelCard& card);
  /// UserError of one sentence if the weights are not those of the architecture, not finite, or answer the card's
  /// reference rows otherwise than it says; `source` names the file. Local.
  PlainForm(const ModelArchive& archive, const ModelCard& card, const std::string& source);

  std::unique_ptr<Network> network(std::uint64_t seed, torch::Device device) const override;
  const char* name() const override { return "plain weights"; }
  std::int64_t n_parameters() const override { return weights_.numel(); }
  bool learns() const override { return true; }

  static std::string write_weights(const Perceptrons& network);

 private:
  Scaling scaling_;
  NetworkOptions options_;
  torch::Tensor weights_;  // [n_parameters]
};

/// The architecture as a card states it, and back. UserError if it is not that of a native network. Local.
nlohmann::ordered_json architecture_of(const NetworkOptions& options);
bool is_native(const ModelCard& card);
NetworkOptions native_options(const ModelCard& card, const std::string& source);

}  // namespace bimetal::surrogate
