#include "surrogate/scaled_difference.hpp"

#include <torch/utils.h>

#include <vector>

#include "core/resolved_part.hpp"

namespace bimetal::surrogate {

ScaledDifference::ScaledDifference(const core::Signature& signature, const Scaling& scaling, torch::Device device) {
  const auto& null_space = scaling.null_space();
  const auto N = null_space.basis();
  const auto targets = scaling.target_scales();
  std::vector<std::int64_t> predicted(null_space.free_columns().begin(), null_space.free_columns().end());
  predicted.insert(predicted.end(), null_space.pivot_columns().begin(), null_space.pivot_columns().end());

  std::vector<float> to_scaled;
  for (const auto column : predicted) {
    const auto k = static_cast<std::size_t>(column);
    const auto& output = signature.outputs[k];
    const double resolution = output.continues ? scaling.resolution(*output.continues) : 0.0;
    predicted_.push_back({k, output.scale, resolution / output.scale});
    for (std::size_t j = 0; j < targets.size(); ++j)
      to_scaled.push_back(static_cast<float>(N(k, j) * targets[j].knee / output.scale));
  }
  to_scaled_ = torch::tensor(to_scaled).view({std::ssize(predicted), std::ssize(targets)}).to(device);
}

// Rows side by side, so that the largest of a few columns is taken of many rows at once.
torch::Tensor ScaledDifference::columns(const torch::Tensor& u, const torch::Tensor& other) const {
  return to_scaled_.mm((u - other).t());
}

torch::Tensor ScaledDifference::operator()(const torch::Tensor& u, const torch::Tensor& other) const {
  const torch::NoGradGuard no_gradient;
  return columns(u, other).abs_().amax(0);
}

void ScaledDifference::units(std::span<const double> out, double tolerance, float* unit) const {
  for (const auto& each : predicted_) {
    const double part = core::resolved_part(out[each.column] / each.scale, each.resolution, tolerance);
    *unit++ = static_cast<float>(tolerance * part);
  }
}

}  // namespace bimetal::surrogate
