#pragma once

#include <torch/script.h>

#include <string>

#include "surrogate/model_archive.hpp"
#include "surrogate/model_card.hpp"
#include "surrogate/model_form.hpp"
#include "surrogate/module_check.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// A TorchScript module, of whatever architecture. Where it turns out to have the weights of the native network, as
/// in files without plain weights, the native network is made of them, which is faster.
class TorchScriptForm : public ModelForm {
 public:
  /// UserError of one sentence if the module breaks the contract (check_module); `source` names the file. Local.
  TorchScriptForm(const ModelArchive& archive, const ModelCard& card, const std::string& source);

  std::unique_ptr<Network> network(std::uint64_t seed, torch::Device device) const override;
  const char* name() const override { return "TorchScript"; }
  std::int64_t n_parameters() const override;
  bool learns() const override { return traits_.learns; }

 private:
  std::unique_ptr<Network> as_native(std::uint64_t seed, torch::Device device) const;

  ModelCard card_;
  std::string source_;
  torch::jit::Module module_;
  ModuleTraits traits_;
};

}  // namespace bimetal::surrogate
