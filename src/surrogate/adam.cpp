#include "surrogate/adam.hpp"

#include <cmath>

#include "core/error.hpp"

namespace bimetal::surrogate {
namespace {

constexpr float keep_first = 0.9F;     // beta_1
constexpr float keep_second = 0.999F;  // beta_2
constexpr float epsilon = 1e-8F;

}  // namespace

Adam::Adam(std::int64_t n_parameters)
    : first_(static_cast<std::size_t>(n_parameters), 0.0F), second_(static_cast<std::size_t>(n_parameters), 0.0F) {}

void Adam::step(std::span<float> weights, std::span<const float> gradient, double rate) {
  EXPECT(weights.size() == first_.size() && gradient.size() == first_.size());
  ++n_steps_;
  const double steps = static_cast<double>(n_steps_);
  const double first_bias = 1.0 - std::pow(static_cast<double>(keep_first), steps);
  const double second_bias = 1.0 - std::pow(static_cast<double>(keep_second), steps);
  const auto scale = static_cast<float>(rate / first_bias);
  const auto unbias = static_cast<float>(1.0 / std::sqrt(second_bias));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float g = gradient[i];
    first_[i] = keep_first * first_[i] + (1.0F - keep_first) * g;
    second_[i] = keep_second * second_[i] + (1.0F - keep_second) * g * g;
    weights[i] -= scale * first_[i] / (std::sqrt(second_[i]) * unbias + epsilon);
  }
}

}  // namespace bimetal::surrogate
