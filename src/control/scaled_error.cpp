#include "control/scaled_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"

namespace bimetal::control {

double scaled_error(std::span<const double> answer, std::span<const double> truth, std::span<const double> scale,
                    double tolerance) {
  EXPECT(answer.size() == truth.size() && answer.size() == scale.size());
  double largest = 0.0;
  for (std::size_t k = 0; k < answer.size(); ++k) {
    const double error = std::abs(answer[k] - truth[k]) / (tolerance * scale[k]);
    if (!std::isfinite(error)) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, error);
  }
  return largest;
}

}  // namespace bimetal::control
