#include "chemistry/nasa7.hpp"

#include <array>
#include <cmath>

namespace bimetal::chemistry {
namespace {

Standard polynomial(const std::array<double, 7>& a, double T, double log_T) {
  const double cp = a[0] + T * (a[1] + T * (a[2] + T * (a[3] + T * a[4])));
  const double h = a[0] + T * (a[1] / 2.0 + T * (a[2] / 3.0 + T * (a[3] / 4.0 + T * (a[4] / 5.0)))) + a[5] / T;
  const double s = a[0] * log_T + T * (a[1] + T * (a[2] / 2.0 + T * (a[3] / 3.0 + T * (a[4] / 4.0)))) + a[6];
  return {cp, h, s};
}

Standard blended(const Nasa7& fit, double T, double log_T) {
  const Standard low = polynomial(fit.low, T, log_T);
  const Standard high = polynomial(fit.high, T, log_T);
  // Cubic with zero slope at both ends, so that cp has no step there either.
  const double x = (T - fit.T_mid + blend_half_width) / (2.0 * blend_half_width);
  const double weight = x * x * (3.0 - 2.0 * x);
  const double slope = 6.0 * x * (1.0 - x) / (2.0 * blend_half_width);  // [1/K]
  const double gap = high.h_RT - low.h_RT;
  return {low.cp_R + weight * (high.cp_R - low.cp_R) + slope * T * gap, low.h_RT + weight * gap,
          low.s_R + weight * (high.s_R - low.s_R)};
}

Standard continued(const Nasa7& fit, double T, double log_T) {
  const double T_end = T < fit.T_min ? fit.T_min : fit.T_max;
  const double log_T_end = std::log(T_end);
  const Standard end = polynomial(T < fit.T_min ? fit.low : fit.high, T_end, log_T_end);
  return {end.cp_R, (end.h_RT * T_end + end.cp_R * (T - T_end)) / T, end.s_R + end.cp_R * (log_T - log_T_end)};
}

}  // namespace

Standard evaluate(const Nasa7& fit, double T, double log_T) {
  if (T < fit.T_min || T > fit.T_max) return continued(fit, T, log_T);
  if (std::abs(T - fit.T_mid) < blend_half_width) return blended(fit, T, log_T);
  return polynomial(T > fit.T_mid ? fit.high : fit.low, T, log_T);
}

double cp_R_slope(const Nasa7& fit, double T) {
  if (T < fit.T_min || T > fit.T_max) return 0.0;
  const auto& a = T > fit.T_mid ? fit.high : fit.low;
  return a[1] + T * (2.0 * a[2] + T * (3.0 * a[3] + T * 4.0 * a[4]));
}

}  // namespace bimetal::chemistry
