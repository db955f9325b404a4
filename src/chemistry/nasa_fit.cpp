#include "chemistry/nasa_fit.hpp"

#include <cmath>

namespace bimetal::chemistry {
namespace {

/// The range that T lies in.
std::size_t range_at(const ThermoFit& fit, double T) {
  std::size_t i = 0;
  while (i + 1 < fit.ranges.size() && T > fit.T[i + 1]) ++i;
  return i;
}

/// Blends the range `lower` into the next one, near the temperature at which they meet.
Standard blended(const ThermoFit& fit, std::size_t lower, double T, double log_T) {
  const Standard low = evaluate(fit.ranges[lower], T, log_T);
  const Standard high = evaluate(fit.ranges[lower + 1], T, log_T);
  // Cubic with zero slope at both ends, so that cp has no step there either.
  const double x = (T - fit.T[lower + 1] + blend_half_width) / (2.0 * blend_half_width);
  const double weight = x * x * (3.0 - 2.0 * x);
  const double slope = 6.0 * x * (1.0 - x) / (2.0 * blend_half_width);  // [1/K]
  const double gap = high.h_RT - low.h_RT;
  return {low.cp_R + weight * (high.cp_R - low.cp_R) + slope * T * gap, low.h_RT + weight * gap,
          low.s_R + weight * (high.s_R - low.s_R)};
}

Standard continued(const ThermoFit& fit, double T, double log_T) {
  const bool below = T < fit.T_min();
  const double T_end = below ? fit.T_min() : fit.T_max();
  const double log_T_end = std::log(T_end);
  const Standard end = evaluate(below ? fit.ranges.front() : fit.ranges.back(), T_end, log_T_end);
  return {end.cp_R, (end.h_RT * T_end + end.cp_R * (T - T_end)) / T, end.s_R + end.cp_R * (log_T - log_T_end)};
}

}  // namespace

Standard evaluate(const FitRange& range, double T, double log_T) {
  const auto& a = range.a;
  const double cp = a[0] + T * (a[1] + T * (a[2] + T * (a[3] + T * a[4])));
  const double h = a[0] + T * (a[1] / 2.0 + T * (a[2] / 3.0 + T * (a[3] / 4.0 + T * (a[4] / 5.0)))) + a[5] / T;
  const double s = a[0] * log_T + T * (a[1] + T * (a[2] / 2.0 + T * (a[3] / 3.0 + T * (a[4] / 4.0)))) + a[6];
  if (!range.has_reciprocal()) return {cp, h, s};
  const double square = range.reciprocal[0] / (T * T);
  const double simple = range.reciprocal[1] / T;
  return {cp + square + simple, h - square + simple * std::log(T), s - 0.5 * square - simple};
}

Standard evaluate(const ThermoFit& fit, double T, double log_T) {
  if (T < fit.T_min() || T > fit.T_max()) return continued(fit, T, log_T);
  const std::size_t i = range_at(fit, T);
  if (i > 0 && T - fit.T[i] < blend_half_width) return blended(fit, i - 1, T, log_T);
  if (i + 1 < fit.ranges.size() && fit.T[i + 1] - T < blend_half_width) return blended(fit, i, T, log_T);
  return evaluate(fit.ranges[i], T, log_T);
}

double cp_R_slope(const ThermoFit& fit, double T) {
  if (T < fit.T_min() || T > fit.T_max()) return 0.0;
  const auto& [a, reciprocal] = fit.ranges[range_at(fit, T)];
  return a[1] + T * (2.0 * a[2] + T * (3.0 * a[3] + T * 4.0 * a[4])) -
         (2.0 * reciprocal[0] / T + reciprocal[1]) / (T * T);
}

}  // namespace bimetal::chemistry
