#include "surrogate/native_module.hpp"

#include <fmt/format.h>
#include <torch/utils.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace bimetal::surrogate {
namespace {

torch::Tensor integers(const std::vector<std::int64_t>& values) { return torch::tensor(values, torch::kInt64); }
torch::Tensor singles(const std::vector<double>& values) { return torch::tensor(values, torch::kFloat32); }

/// The columns that each transform reads, and where the features made so belong: `order` puts [all identities, all
/// inverse temperatures, ...] into the order of the features.
void register_features(torch::jit::Module& module, const Scaling& scaling) {
  std::map<std::string, std::vector<std::int64_t>> columns, places;
  std::vector<double> mean, deviation, resolution;
  for (const auto& feature : scaling.feature_scales()) {
    columns[feature.transform].push_back(feature.column);
    places[feature.transform].push_back(static_cast<std::int64_t>(mean.size()));
    mean.push_back(feature.standard.mean);
    deviation.push_back(feature.standard.deviation);
    if (std::string_view(feature.transform) == "power") resolution.push_back(feature.resolution);
  }
  std::vector<std::int64_t> order(mean.size());
  std::int64_t n_made = 0;
  for (const char* transform : {"identity", "inverse_temperature", "power", "logarithm"}) {
    module.register_buffer(fmt::format("{}_columns", transform), integers(columns[transform]));
    for (const auto place : places[transform]) order[static_cast<std::size_t>(place)] = n_made++;
  }
  module.register_buffer("feature_order", integers(order));
  module.register_buffer("feature_mean", singles(mean));
  module.register_buffer("feature_deviation", singles(deviation));
  module.register_buffer("resolution", singles(resolution));  // of the power columns
}

void register_targets(torch::jit::Module& module, const Scaling& scaling) {
  std::vector<std::int64_t> bases;
  std::vector<double> has_base, knee, mean, deviation;
  for (const auto& target : scaling.target_scales()) {
    bases.push_back(target.base.value_or(0));
    has_base.push_back(target.base ? 1.0 : 0.0);
    knee.push_back(target.knee);
    mean.push_back(target.mean);
    deviation.push_back(target.deviation);
  }
  module.register_buffer("base_columns", integers(bases));
  module.register_buffer("has_base", singles(has_base));
  module.register_buffer("knee", singles(knee));
  module.register_buffer("target_mean", singles(mean));
  module.register_buffer("target_deviation", singles(deviation));
  const auto basis = scaling.null_space().basis();  // [n_out, n_targets]
  module.register_buffer("basis",
                         singles(basis.values)
                             .view({static_cast<std::int64_t>(basis.rows), static_cast<std::int64_t>(basis.cols)})
                             .t()
                             .contiguous());
}

/// The layers of one perceptron, GELU after each but the last, in TorchScript.
std::string layers_source(const std::string& part, const std::string& from, std::size_t n_layers,
                          const std::string& hidden) {
  std::string source;
  std::string h = from;
  for (std::size_t l = 0; l < n_layers; ++l) {
    const bool last = l + 1 == n_layers;
    const auto linear = fmt::format("torch.linear({0}, self.{1}_{2}_weight, self.{1}_{2}_bias)", h, part, l);
    h = last ? part : hidden;
    source += last ? fmt::format("    {} = {}\n", h, linear) : fmt::format("    {} = torch.gelu({})\n", h, linear);
  }
  return source;
}

/// What a last layer says -> increments of all outputs.
std::string increments_source(Head head) {
  std::string source = R"(
def increments_of(self, said: Tensor, x: Tensor) -> Tensor:
    n = self.knee.size(0)
    z = self.target_mean + self.target_deviation * said.narrow(1, 0, n)
    xi = self.knee * torch.sinh(torch.clamp(z, min=-30.0, max=30.0))
)";
  if (head == Head::relaxation)
    source +=
        "    base = self.has_base * x.index_select(1, self.base_columns)\n"
        "    xi = xi - torch.sigmoid(said.narrow(1, n, n)) * base\n";
  return source + "    return torch.mm(xi, self.basis)\n";
}

std::string forward_source(const NetworkOptions& options) {
  std::string source = increments_source(options.head) + fmt::format(R"(
def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    identity = x.index_select(1, self.identity_columns)
    inverse = 1000.0 / x.index_select(1, self.inverse_temperature_columns)
    power = torch.pow(torch.clamp(x.index_select(1, self.power_columns), min=0.0) + self.resolution, {})
    logarithm = torch.log(torch.clamp(x.index_select(1, self.logarithm_columns), min=1.2e-38))
    made = torch.cat([identity, inverse, power, logarithm], 1).index_select(1, self.feature_order)
    features = (made - self.feature_mean) / self.feature_deviation
    h = features
)",
                                                                     Scaling::exponent());
  source += layers_source("trunk", "features", options.layers.size() + 1, "h");
  source += "    judged = h.detach()\n";
  source += layers_source("head", "judged", options.error_layers.size() + 1, "judged");
  source += layers_source("second", "features", options.second_layers.size() + 1, "h");
  return source + "    return self.increments_of(trunk, x), head.squeeze(1), self.increments_of(second, x)\n";
}

}  // namespace

torch::jit::Module native_module(const Perceptrons& network, const Scaling& scaling) {
  torch::jit::Module module("bimetal_perceptrons");
  for (const auto& [name, parameter] : network.named_parameters())
    module.register_parameter(name, parameter.detach().cpu().clone().set_requires_grad(true), /*is_buffer=*/false);
  register_features(module, scaling);
  register_targets(module, scaling);
  module.define(forward_source(network.options()));
  module.eval();
  return module;
}

std::unique_ptr<Perceptrons> native_network(const torch::jit::Module& module, const NetworkOptions& options,
                                            const Scaling& scaling, torch::Device device) {
  const torch::NoGradGuard no_gradient;
  std::map<std::string, torch::Tensor> found;
  std::int64_t n_found = 0;
  for (const auto& parameter : module.named_parameters()) {
    auto name = parameter.name;
    std::ranges::replace(name, '.', '_');  // of a module made of modules, as models/define.py makes it
    n_found += parameter.value.numel();
    found.emplace(std::move(name), parameter.value);
  }
  // Before the memory for widths that a file only claims.
  if (n_found != Perceptrons::count_parameters(scaling.n_features(), scaling.n_targets(), options)) return nullptr;
  auto network = std::make_unique<Perceptrons>(scaling, options, device);
  auto wanted = network->named_parameters();
  if (found.size() != wanted.size()) return nullptr;
  for (auto& [name, parameter] : wanted) {
    const auto entry = found.find(name);
    if (entry == found.end() || entry->second.sizes() != parameter.sizes()) return nullptr;
    parameter.copy_(entry->second);
  }
  return network;
}

}  // namespace bimetal::surrogate
