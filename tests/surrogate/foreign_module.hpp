#pragma once

#include <torch/script.h>
#include <nlohmann/json.hpp>
#include <torch/utils.h>
#include <string>

#include "surrogate/model_archive.hpp"

namespace bimetal::surrogate::testing {

/// One hidden layer, sines, no second opinion: nothing like the native network. For the inputs of the toy; at the
/// start it says that nothing happens. `answer`: what forward returns.
inline torch::jit::Module foreign_module(const std::string& answer = "increments, log_error") {
  torch::jit::Module module("sines");
  torch::manual_seed(1);
  constexpr std::int64_t n_hidden = 64;
  module.register_parameter("into", torch::randn({6, n_hidden}).set_requires_grad(true), false);
  module.register_parameter("out", torch::zeros({n_hidden, 6}).set_requires_grad(true), false);
  module.register_parameter("level", torch::full({1}, -2.0).set_requires_grad(true), false);
  module.define(R"(
def forward(self, x: Tensor):
    features = torch.cat([1000.0 / x[:, 0:1], torch.pow(torch.clamp(x[:, 1:6], min=0.0), 0.1)], 1)
    increments = 0.1 * torch.mm(torch.sin(torch.mm(features, self.into)), self.out)
    log_error = self.level.expand(x.size(0))
    return )" + answer +
                "\n");
  return module;
}

/// The metadata of a taught model with the reference answers of another module.
inline std::string foreign(const std::string& taught, const torch::jit::Module& module,
                           double reference_answer = 0.0) {
  const auto archive = ModelArchive::open(taught, "the model");
  auto metadata = nlohmann::ordered_json::parse(archive.metadata);
  metadata["architecture"] = {{"name", "sines"}};
  for (auto& row : metadata["reference"]["increments"])
    for (auto& value : row) value = reference_answer;
  for (auto& value : metadata["reference"]["log_error"]) value = -2.0;
  return ModelArchive::pack(module, metadata.dump());
}

}  // namespace bimetal::surrogate::testing
