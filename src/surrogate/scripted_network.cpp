#include "surrogate/scripted_network.hpp"

#include <torch/autograd.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/utils.h>

#include <algorithm>

#include "core/error.hpp"

namespace bimetal::surrogate {
namespace {

std::int64_t count_parameters(const torch::jit::Module& module) {
  std::int64_t n = 0;
  for (const auto& parameter : module.parameters()) n += parameter.numel();
  return n;
}

/// Its parameters are not functions of the module's, as they would be if gradients were on.
torch::jit::Module copied(const torch::jit::Module& module) {
  const torch::NoGradGuard no_gradient;
  return module.deepcopy();
}

/// rows: [n, n_in]; two or three tensors.
std::vector<torch::Tensor> run_module(torch::jit::Module& module, const torch::Tensor& rows) {
  const torch::jit::GraphOptimizerEnabledGuard as_written(false);
  std::vector<torch::Tensor> outputs;
  const auto answer = module.forward({rows});
  for (const auto& element : answer.toTupleRef().elements()) outputs.push_back(element.toTensor());
  return outputs;
}

}  // namespace

bool gradients_reach(const torch::jit::Module& module, const torch::Tensor& rows) {
  auto copy = copied(module);
  std::vector<torch::Tensor> parameters, outputs;
  for (auto parameter : copy.parameters()) parameters.push_back(parameter.set_requires_grad(true));
  const torch::AutoGradMode with_gradients(true);
  try {
    for (const auto& output : run_module(copy, rows))
      if (output.requires_grad()) outputs.push_back(output.sum());
    if (parameters.empty() || outputs.empty()) return false;
    const auto gradients = torch::autograd::grad(outputs, parameters, {}, {}, false, /*allow_unused=*/true);
    return std::ranges::any_of(gradients, [](const auto& gradient) { return gradient.defined(); });
  } catch (const std::exception&) {
    return false;  // it answers, but there is no way back
  }
}

ScriptedNetwork::ScriptedNetwork(const torch::jit::Module& module, const ModuleTraits& traits, const Scaling& scaling,
                                 torch::Device device)
    : Network(count_parameters(module), device),
      given_(module),
      module_(copied(module)),
      traits_(traits),
      scaling_(scaling) {
  const torch::NoGradGuard no_gradient;
  module_.to(device);
  module_.eval();
  std::int64_t offset = 0;
  for (auto parameter : module_.parameters()) {
    const auto stretch = [&](const torch::Tensor& flat) {
      return flat.narrow(0, offset, parameter.numel()).view(parameter.sizes());
    };
    stretch(weights_).copy_(parameter);
    parameter.set_data(stretch(weights_));
    parameter.set_requires_grad(true);
    parameter.mutable_grad() = stretch(gradient_);
    offset += parameter.numel();
  }
  given_weights_ = weights_.clone();
  std::vector<std::int64_t> columns;
  std::vector<float> knee;
  for (const auto& target : scaling.target_scales()) {
    columns.push_back(target.column);
    knee.push_back(static_cast<float>(target.knee));
  }
  columns_ = torch::tensor(columns).to(device);
  knee_ = torch::tensor(knee).to(device);
}

torch::Tensor ScriptedNetwork::in_knees(const torch::Tensor& increments) const {
  return increments.index_select(1, columns_) / knee_;
}

Network::Answer ScriptedNetwork::forward(const Input& input) const {
  const std::int64_t n = input.rows.size(0), n_out = scaling_.null_space().n_out();
  if (n == 0) return nothing(input);
  const auto outputs = run_module(module_, input.rows);
  const auto fits = [](const torch::Tensor& output, at::IntArrayRef shape) {
    return output.sizes() == shape && output.scalar_type() == torch::kFloat32;
  };
  const bool as_checked = outputs.size() == (has_second() ? 3 : 2) && fits(outputs[0], {n, n_out}) &&
                          fits(outputs[1], {n}) && (!has_second() || fits(outputs[2], {n, n_out}));
  VALIDATE(as_checked, "the model answers {} rows in other shapes or types than those it was checked with", n);
  return {in_knees(outputs[0]), outputs[1], has_second() ? in_knees(outputs[2]) : torch::Tensor(), input.features};
}

/// For no rows, of which the module is not asked: it need not know what to say.
Network::Answer ScriptedNetwork::nothing(const Input& input) const {
  const auto increments = torch::zeros({0, scaling_.n_targets()}, device());
  return {increments, torch::zeros({0}, device()), has_second() ? increments : torch::Tensor(), input.features};
}

void ScriptedNetwork::draw_weights(std::uint64_t) {
  const torch::NoGradGuard no_gradient;
  weights_.copy_(given_weights_);
}

void ScriptedNetwork::take(const Network& other) {
  weights_.copy_(other.weights());
  rescale(static_cast<const ScriptedNetwork&>(other).scaling_);
}

std::unique_ptr<Network> ScriptedNetwork::clone() const {
  auto copy = std::make_unique<ScriptedNetwork>(given_, traits_, scaling_, device());
  copy->take(*this);
  return copy;
}

std::vector<torch::Tensor> ScriptedNetwork::parameters() const {
  std::vector<torch::Tensor> list;
  for (const auto& parameter : module_.parameters()) list.push_back(parameter);
  return list;
}

torch::jit::Module ScriptedNetwork::module() const {
  const torch::NoGradGuard no_gradient;
  auto copy = copied(given_);
  const auto trained = parameters();
  std::size_t i = 0;
  for (auto parameter : copy.parameters()) {
    parameter.copy_(trained[i++]);
    parameter.set_requires_grad(true);
  }
  return copy;
}

}  // namespace bimetal::surrogate
