#include "subproblem/explicit_step.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"

namespace bimetal::subproblem {

ExplicitStepReport ExplicitStep::take(Ode& ode, std::span<const double> y, std::span<const double> k1, double dt,
                                      std::span<const double> scale, std::span<double> out) {
  EXPECT(y.size() == k2_.size() && k1.size() == y.size() && scale.size() == y.size() && out.size() == y.size());
  constexpr double infinite = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < y.size(); ++k) end_[k] = std::max(y[k] + dt * k1[k], 0.0);
  if (ode.rates(end_, k2_) != Evaluation::done) return {infinite, infinite};
  ExplicitStepReport report{0.0, 0.0};
  double most = 0.0;
  for (std::size_t k = 0; k < y.size(); ++k) {
    out[k] = y[k] + 0.5 * dt * (k1[k] + k2_[k]);
    const double error = 0.5 * dt * std::abs(k2_[k] - k1[k]) / scale[k];
    if (!(error <= report.error)) report.error = std::isfinite(error) ? error : infinite;
    const double gain = (k1[k] + k2_[k]) / scale[k];
    if (gain <= most) continue;
    most = gain;
    report.speeding = k1[k] > 0.0 ? k2_[k] / k1[k] - 1.0 : infinite;
  }
  return report;
}

}  // namespace bimetal::subproblem
