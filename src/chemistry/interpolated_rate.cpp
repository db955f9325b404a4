#include "chemistry/interpolated_rate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "chemistry/arrhenius.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

// Stands for the logarithm of a sum that is not positive: a rate of practically zero.
constexpr double log_nothing = -700.0;

}  // namespace

InterpolatedRate::InterpolatedRate(const std::vector<RateAtPressure>& points) {
  EXPECT(!points.empty());
  for (const auto& point : points) {
    log_p_.push_back(std::log(point.p));
    begins_.push_back(terms_.size());
    for (const auto& rate : point.terms)
      terms_.push_back({log_magnitude(rate.A), rate.A < 0.0 ? -1.0 : 1.0, rate.b, rate.T_activation});
  }
  begins_.push_back(terms_.size());
}

/// Relative to the largest term, so that neither overflow nor underflow spoils the sum.
InterpolatedRate::Sum InterpolatedRate::sum(std::size_t point, double log_T, double inverse_T) const {
  const auto logarithm = [&](const Term& term) {
    return term.log_A + term.b * log_T - term.T_activation * inverse_T;
  };
  const auto slope = [&](const Term& term) { return (term.b + term.T_activation * inverse_T) * inverse_T; };
  const std::size_t begin = begins_[point];
  const std::size_t end = begins_[point + 1];
  if (end - begin == 1) return {logarithm(terms_[begin]), slope(terms_[begin])};

  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t i = begin; i < end; ++i) largest = std::max(largest, logarithm(terms_[i]));
  double total = 0.0;
  double total_by_T = 0.0;
  for (std::size_t i = begin; i < end; ++i) {
    const double part = terms_[i].sign * std::exp(logarithm(terms_[i]) - largest);
    total += part;
    total_by_T += part * slope(terms_[i]);
  }
  if (!(total > 0.0)) return {log_nothing, 0.0};
  return {largest + std::log(total), total_by_T / total};
}

LogRate InterpolatedRate::at(double log_T, double inverse_T, double log_p) const {
  const auto above = static_cast<std::size_t>(std::upper_bound(log_p_.begin(), log_p_.end(), log_p) - log_p_.begin());
  if (above == 0 || above == log_p_.size()) {
    const Sum nearest = sum(above == 0 ? 0 : above - 1, log_T, inverse_T);
    return {nearest.value, nearest.by_T, 0.0};
  }
  const Sum lower = sum(above - 1, log_T, inverse_T);
  const Sum upper = sum(above, log_T, inverse_T);
  const double width = log_p_[above] - log_p_[above - 1];
  const double fraction = (log_p - log_p_[above - 1]) / width;
  return {lower.value + fraction * (upper.value - lower.value), lower.by_T + fraction * (upper.by_T - lower.by_T),
          (upper.value - lower.value) / width};
}

double InterpolatedRate::largest(double log_T, double inverse_T) const {
  double result = sum(0, log_T, inverse_T).value;
  for (std::size_t point = 1; point < log_p_.size(); ++point)
    result = std::max(result, sum(point, log_T, inverse_T).value);
  return result;
}

}  // namespace bimetal::chemistry
