#include "surrogate/torchscript_form.hpp"

#include <utility>

#include "surrogate/native_module.hpp"
#include "surrogate/plain_form.hpp"
#include "surrogate/reference.hpp"
#include "surrogate/scripted_network.hpp"

namespace bimetal::surrogate {

TorchScriptForm::TorchScriptForm(const ModelArchive& archive, const ModelCard& card, const std::string& source)
    : card_(card), source_(source), module_(archive.module()), traits_(check_module(module_, card, source)) {
  if (is_native(card)) static_cast<void>(native_options(card, source));  // refused by the check, not by a run
}

std::int64_t TorchScriptForm::n_parameters() const {
  std::int64_t n = 0;
  for (const auto& parameter : module_.parameters()) n += parameter.numel();
  return n;
}

std::unique_ptr<Network> TorchScriptForm::network(std::uint64_t seed, torch::Device device) const {
  if (auto native = as_native(seed, device)) return native;
  return std::make_unique<ScriptedNetwork>(module_, traits_, scaling_of(card_), device);
}

/// Null if the card does not claim it, or the module turns out to be something else.
std::unique_ptr<Network> TorchScriptForm::as_native(std::uint64_t seed, torch::Device device) const {
  if (!is_native(card_)) return nullptr;
  const auto scaling = scaling_of(card_);
  auto options = native_options(card_, source_);
  options.seed = seed;
  auto here = native_network(module_, options, scaling, torch::kCPU);
  if (!here) return nullptr;
  if (difference(answers_of(*here, scaling, card_.signature, card_.reference.in), card_.reference, card_.signature))
    return nullptr;
  return device.is_cpu() ? std::move(here) : native_network(module_, options, scaling, device);
}

}  // namespace bimetal::surrogate
