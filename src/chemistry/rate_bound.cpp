#include "chemistry/rate_bound.hpp"

#include <algorithm>
#include <cmath>

#include "chemistry/arrhenius.hpp"
#include "chemistry/blowers_masel.hpp"

namespace bimetal::chemistry {

RateBound::RateBound(const Reaction& reaction) : reaction_(reaction) {
  if (!reaction.by_pressure.empty()) interpolated_.emplace(reaction.by_pressure);
  if (reaction.chebyshev) chebyshev_.emplace(*reaction.chebyshev);
}

double RateBound::log_k(double T, std::span<const double> h_RT) const {
  if (interpolated_) return interpolated_->largest(std::log(T), 1.0 / T);
  if (chebyshev_) return chebyshev_->largest(1.0 / T);
  const bool falloff =
      reaction_.kind == ReactionKind::falloff || reaction_.kind == ReactionKind::chemically_activated;
  const Arrhenius& rate = falloff ? reaction_.low_pressure : reaction_.rate;
  const double log_k = log_magnitude(rate.A) + rate.b * std::log(T) - rate.T_activation / T;
  if (falloff) return log_k + log_broadening(T);
  if (!reaction_.blowers_masel) return log_k;
  double heat = 0.0;  // over R [K]
  for (const auto& term : reaction_.products) heat += term.coefficient * h_RT[term.species] * T;
  for (const auto& term : reaction_.reactants) heat -= term.coefficient * h_RT[term.species] * T;
  return log_k - barrier(*reaction_.blowers_masel, heat).height / T;
}

/// Of the largest F at any pressure: a power between 0 and 1 of F_cent, or of the base of SRI.
double RateBound::log_broadening(double T) const {
  if (const auto& sri = reaction_.sri) {
    const double base = sri->a * std::exp(-sri->b / T) + (sri->c > 0.0 ? std::exp(-T / sri->c) : 0.0);
    return std::log(sri->d) + sri->e * std::log(T) + std::log(std::max(base, 1.0));
  }
  if (const auto& tsang = reaction_.tsang) return std::log(std::max(tsang->a + tsang->b * T, 1.0));
  return 0.0;
}

}  // namespace bimetal::chemistry
