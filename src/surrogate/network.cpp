#include "surrogate/network.hpp"

#include <cmath>

#include "core/error.hpp"
#include "core/random.hpp"

namespace bimetal::surrogate {
namespace {

std::vector<std::int64_t> joined(std::int64_t first, const std::vector<std::int64_t>& middle, std::int64_t last) {
  std::vector<std::int64_t> widths{first};
  widths.insert(widths.end(), middle.begin(), middle.end());
  widths.push_back(last);
  return widths;
}

std::int64_t count_parameters(const std::vector<std::int64_t>& widths) {
  std::int64_t n = 0;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) n += (widths[l] + 1) * widths[l + 1];
  return n;
}

}  // namespace

Network::Network(std::int64_t n_features, std::int64_t n_targets, const NetworkOptions& options)
    : seed_(options.seed) {
  EXPECT(!options.layers.empty());
  const auto trunk = joined(n_features, options.layers, n_targets);
  const auto head = joined(options.layers.back(), options.error_layers, 1);
  const auto second = joined(n_features, options.second_layers, n_targets);
  const auto n_parameters = count_parameters(trunk) + count_parameters(head) + count_parameters(second);
  weights_ = torch::zeros({n_parameters}, torch::kFloat32);
  gradient_ = torch::zeros({n_parameters}, torch::kFloat32);
  std::int64_t offset = 0;
  trunk_ = lay(trunk, offset);
  head_ = lay(head, offset);
  second_ = lay(second, offset);
  draw_weights(0);
}

std::vector<Network::Layer> Network::lay(const std::vector<std::int64_t>& widths, std::int64_t& offset) {
  std::vector<Layer> layers;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    auto weight = view(offset, {widths[l + 1], widths[l]});
    auto bias = view(offset, {widths[l + 1]});
    layers.push_back({std::move(weight), std::move(bias)});
  }
  return layers;
}

torch::Tensor Network::view(std::int64_t& offset, at::IntArrayRef shape) {
  const torch::NoGradGuard no_gradient;
  const auto n = c10::multiply_integers(shape);
  auto parameter = weights_.narrow(0, offset, n).view(shape);
  parameter.set_requires_grad(true);
  parameter.mutable_grad() = gradient_.narrow(0, offset, n).view(shape);
  offset += n;
  return parameter;
}

void Network::draw_weights(std::uint64_t draw) {
  // Uniform in ±1/sqrt(n_from) (LeCun's variance, the usual start of a linear layer); biases zero. Our own random
  // numbers, so that the weights do not depend on LibTorch's version.
  std::uint64_t n_drawn = 0;
  const torch::NoGradGuard no_gradient;
  for (const auto& layer : all_layers()) {
    const double reach = 1.0 / std::sqrt(static_cast<double>(layer.weight.size(1)));
    auto* weight = layer.weight.data_ptr<float>();
    for (std::int64_t i = 0; i < layer.weight.numel(); ++i)
      weight[i] = static_cast<float>(
          reach * (2.0 * core::random_uniform(seed_, core::Purpose::weights, draw, n_drawn++) - 1.0));
    layer.bias.zero_();
  }
}

Network::Answer Network::forward(const torch::Tensor& x) const {
  // The nonlinearity follows every layer but the last.
  const auto hidden_features = [](const std::vector<Layer>& layers, torch::Tensor h) {
    for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
      h = torch::linear(h, layers[l].weight, layers[l].bias);
      h = h.requires_grad() ? torch::gelu(h) : torch::gelu_(h);  // nobody else needs it: no new memory
    }
    return h;
  };
  const auto last = [](const std::vector<Layer>& layers, const torch::Tensor& h) {
    return torch::linear(h, layers.back().weight, layers.back().bias);
  };
  const auto hidden = hidden_features(trunk_, x);
  return {last(trunk_, hidden), last(head_, hidden_features(head_, hidden.detach())).squeeze(1),
          last(second_, hidden_features(second_, x))};
}

void Network::restate(const Scaling& from, const Scaling& to) {
  restate(trunk_, from, to);
  restate(second_, from, to);
}

void Network::restate(std::vector<Layer>& layers, const Scaling& from, const Scaling& to) {
  const torch::NoGradGuard no_gradient;
  // x_old = (x_new·d_new + m_new - m_old) / d_old
  const auto x_from = from.feature_standards(), x_to = to.feature_standards();
  auto& first = layers.front();
  for (std::int64_t i = 0; i < first.weight.size(0); ++i) {
    auto* row = first.weight.data_ptr<float>() + i * first.weight.size(1);
    double shift = 0.0;
    for (std::size_t f = 0; f < x_from.size(); ++f) {
      const double weight = row[f];
      shift += weight * (x_to[f].mean - x_from[f].mean) / x_from[f].deviation;
      row[f] = static_cast<float>(weight * x_to[f].deviation / x_from[f].deviation);
    }
    first.bias.data_ptr<float>()[i] += static_cast<float>(shift);
  }
  // z_new = (z_old·d_old + m_old - m_new) / d_new
  const auto z_from = from.target_standards(), z_to = to.target_standards();
  auto& last = layers.back();
  for (std::size_t j = 0; j < z_from.size(); ++j) {
    const double ratio = z_from[j].deviation / z_to[j].deviation;
    const auto row = last.weight.select(0, static_cast<std::int64_t>(j));
    row.mul_(ratio);
    auto& bias = last.bias.data_ptr<float>()[j];
    bias = static_cast<float>(bias * ratio + (z_from[j].mean - z_to[j].mean) / z_to[j].deviation);
  }
}

std::vector<Network::Layer> Network::all_layers() const {
  std::vector<Layer> layers;
  for (const auto* part : {&trunk_, &head_, &second_}) layers.insert(layers.end(), part->begin(), part->end());
  return layers;
}

std::vector<torch::Tensor> Network::parameters() const {
  std::vector<torch::Tensor> result;
  for (const auto& layer : all_layers()) {
    result.push_back(layer.weight);
    result.push_back(layer.bias);
  }
  return result;
}

}  // namespace bimetal::surrogate
