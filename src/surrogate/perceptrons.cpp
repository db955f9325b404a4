#include "surrogate/perceptrons.hpp"

#include <fmt/format.h>
#include <torch/utils.h>

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

std::int64_t count_weights(const std::vector<std::int64_t>& widths) {
  std::int64_t n = 0;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) n += (widths[l] + 1) * widths[l + 1];
  return n;
}

// The largest asinh(q): 5e12 knees, beyond which single precision would overflow.
constexpr double largest = 30.0;

// A species that keeps its input but for this part, before anything is learned.
constexpr double first_relaxation = 0.02;

/// How much trunk and second network say of a row.
std::int64_t n_said(std::int64_t n_targets, Head head) {
  return head == Head::relaxation ? 2 * n_targets : n_targets;
}

}  // namespace

std::int64_t Perceptrons::count_parameters(std::int64_t n_features, std::int64_t n_targets,
                                           const NetworkOptions& options) {
  EXPECT(!options.layers.empty());
  const auto n_last = n_said(n_targets, options.head);
  return count_weights(joined(n_features, options.layers, n_last)) +
         count_weights(joined(options.layers.back(), options.error_layers, 1)) +
         count_weights(joined(n_features, options.second_layers, n_last));
}

Perceptrons::Perceptrons(const Scaling& scaling, const NetworkOptions& options, torch::Device device)
    : Network(count_parameters(scaling.n_features(), scaling.n_targets(), options), device),
      options_(options),
      scaling_(scaling) {
  std::int64_t offset = 0;
  const auto n_last = n_said(scaling.n_targets(), options.head);
  trunk_ = lay(joined(scaling.n_features(), options.layers, n_last), offset);
  head_ = lay(joined(options.layers.back(), options.error_layers, 1), offset);
  second_ = lay(joined(scaling.n_features(), options.second_layers, n_last), offset);
  rescale(scaling);
  draw_weights(0);
}

std::vector<Perceptrons::Layer> Perceptrons::lay(const std::vector<std::int64_t>& widths, std::int64_t& offset) {
  std::vector<Layer> layers;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    auto weight = view(offset, {widths[l + 1], widths[l]});
    auto bias = view(offset, {widths[l + 1]});
    layers.push_back({std::move(weight), std::move(bias)});
  }
  return layers;
}

torch::Tensor Perceptrons::view(std::int64_t& offset, at::IntArrayRef shape) {
  const torch::NoGradGuard no_gradient;
  const auto n = c10::multiply_integers(shape);
  auto parameter = weights_.narrow(0, offset, n).view(shape);
  parameter.set_requires_grad(true);
  parameter.mutable_grad() = gradient_.narrow(0, offset, n).view(shape);
  offset += n;
  return parameter;
}

void Perceptrons::draw_weights(std::uint64_t draw) {
  // Uniform in ±1/sqrt(n_from) (LeCun's variance, the usual start of a linear layer); biases zero, but for those of
  // the relaxation. Our own random numbers, so that the weights do not depend on LibTorch's version.
  std::uint64_t n_drawn = 0;
  const torch::NoGradGuard no_gradient;
  for (auto& parameter : parameters()) {
    auto values = torch::zeros(parameter.sizes());
    if (parameter.dim() == 2) {
      const double reach = 1.0 / std::sqrt(static_cast<double>(parameter.size(1)));
      auto* value = values.data_ptr<float>();
      for (std::int64_t i = 0; i < values.numel(); ++i)
        value[i] = static_cast<float>(
            reach * (2.0 * core::random_uniform(options_.seed, core::Purpose::weights, draw, n_drawn++) - 1.0));
    }
    parameter.copy_(values);
  }
  if (options_.head != Head::relaxation) return;
  for (const auto* layers : {&trunk_, &second_})
    layers->back()
        .bias.narrow(0, scaling_.n_targets(), scaling_.n_targets())
        .fill_(std::log(first_relaxation / (1.0 - first_relaxation)));
}

std::unique_ptr<Network> Perceptrons::clone() const {
  auto copy = std::make_unique<Perceptrons>(scaling_, options_, device());
  copy->take(*this);
  return copy;
}

Network::Answer Perceptrons::forward(const Input& input) const {
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
  const auto hidden = hidden_features(trunk_, input.features);
  const auto bases = reads_rows() ? input.rows.index_select(1, columns_) * per_knee_ : torch::Tensor();
  return {increments(last(trunk_, hidden), bases), last(head_, hidden_features(head_, hidden.detach())).squeeze(1),
          increments(last(second_, hidden_features(second_, input.features)), bases), hidden.detach()};
}

torch::Tensor Perceptrons::increments(const torch::Tensor& said, const torch::Tensor& bases) const {
  const auto n = scaling_.n_targets();
  const auto q = torch::addcmul(mean_, said.narrow(1, 0, n), deviation_).clamp(-largest, largest).sinh();
  return reads_rows() ? torch::addcmul(q, torch::sigmoid(said.narrow(1, n, n)), bases, -1.0) : q;
}

void Perceptrons::rescale(const Scaling& to) {
  scaling_ = to;
  std::vector<std::int64_t> columns;
  std::vector<float> per_knee, mean, deviation;
  for (const auto& target : to.target_scales()) {
    columns.push_back(target.base.value_or(0));
    per_knee.push_back(target.base ? static_cast<float>(1.0 / target.knee) : 0.0F);
    mean.push_back(static_cast<float>(target.mean));
    deviation.push_back(static_cast<float>(target.deviation));
  }
  columns_ = torch::tensor(columns).to(device());
  per_knee_ = torch::tensor(per_knee).to(device());
  mean_ = torch::tensor(mean).to(device());
  deviation_ = torch::tensor(deviation).to(device());
}

void Perceptrons::take(const Network& other) {
  weights_.copy_(other.weights());
  rescale(static_cast<const Perceptrons&>(other).scaling_);
}

void Perceptrons::restate(const Scaling& to) {
  restate(trunk_, scaling_, to);
  restate(second_, scaling_, to);
  rescale(to);
}

void Perceptrons::restate(std::vector<Layer>& layers, const Scaling& from, const Scaling& to) {
  const torch::NoGradGuard no_gradient;
  const auto column = [](std::size_t n, auto&& value) {
    auto values = torch::empty({static_cast<std::int64_t>(n)}, torch::kFloat64);
    for (std::size_t i = 0; i < n; ++i) values.data_ptr<double>()[i] = value(i);
    return values;
  };
  const auto in_double = [](const torch::Tensor& tensor) { return tensor.to(torch::kCPU, torch::kFloat64); };
  // x_old = (x_new·d_new + m_new - m_old) / d_old
  const auto x_from = from.feature_standards(), x_to = to.feature_standards();
  const auto stretch = column(x_from.size(), [&](std::size_t f) { return x_to[f].deviation / x_from[f].deviation; });
  const auto shift =
      column(x_from.size(), [&](std::size_t f) { return (x_to[f].mean - x_from[f].mean) / x_from[f].deviation; });
  const auto& first = layers.front();
  const auto weight = in_double(first.weight);
  first.bias.copy_(in_double(first.bias) + weight.mv(shift));
  first.weight.copy_(weight * stretch);
  // z_new = (z_old·d_old + m_old - m_new) / d_new
  const auto z_from = from.target_standards(), z_to = to.target_standards();
  const auto ratio = column(z_from.size(), [&](std::size_t j) { return z_from[j].deviation / z_to[j].deviation; });
  const auto offset =
      column(z_from.size(), [&](std::size_t j) { return (z_from[j].mean - z_to[j].mean) / z_to[j].deviation; });
  const auto n = std::ssize(z_from);  // the logits behind them are as they were
  auto weight_z = layers.back().weight.narrow(0, 0, n), bias_z = layers.back().bias.narrow(0, 0, n);
  weight_z.copy_(in_double(weight_z) * ratio.unsqueeze(1));
  bias_z.copy_(in_double(bias_z) * ratio + offset);
}

std::vector<torch::Tensor> Perceptrons::parameters() const {
  std::vector<torch::Tensor> result;
  for (auto& [name, parameter] : named_parameters()) result.push_back(parameter);
  return result;
}

std::vector<std::pair<std::string, torch::Tensor>> Perceptrons::named_parameters() const {
  std::vector<std::pair<std::string, torch::Tensor>> result;
  const auto list = [&](const std::string& part, const std::vector<Layer>& layers) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      result.emplace_back(fmt::format("{}_{}_weight", part, l), layers[l].weight);
      result.emplace_back(fmt::format("{}_{}_bias", part, l), layers[l].bias);
    }
  };
  list("trunk", trunk_);
  list("head", head_);
  list("second", second_);
  return result;
}

}  // namespace bimetal::surrogate
