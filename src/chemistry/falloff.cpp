#include "chemistry/falloff.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bimetal::chemistry {
namespace {

constexpr double ln10 = std::numbers::ln10;
// Below this the curve is the low-pressure limit, and F_cent no longer differs from 0: keeps logarithms finite.
constexpr double smallest = 1e-100;

struct Centre {
  double log10_value;
  double log10_by_T;  // [1/K]
};

/// F_cent at T.
Centre centre_of(const Troe& troe, double T) {
  const double first = (1.0 - troe.a) * std::exp(-T / troe.T3);
  const double second = troe.a * std::exp(-T / troe.T1);
  const double third = troe.T2 ? std::exp(-*troe.T2 / T) : 0.0;
  double slope = -first / troe.T3 - second / troe.T1;
  if (troe.T2) slope += third * *troe.T2 / (T * T);
  const double value = std::max(first + second + third, smallest);
  return {std::log10(value), slope / (value * ln10)};
}

}  // namespace

FalloffFactor falloff_factor(const std::optional<Troe>& troe, double T, double M, double ratio, double ratio_T) {
  const double Pr = std::max(ratio * M, smallest);
  double broadening = 1.0;  // F
  double slope_Pr = 0.0;    // d ln F / d ln Pr
  double slope_T = 0.0;     // d ln F / dT at fixed Pr
  if (troe) {
    const Centre centre = centre_of(*troe, T);
    const double x = std::log10(Pr) - 0.4 - 0.67 * centre.log10_value;
    const double n = 0.75 - 1.27 * centre.log10_value;
    const double d = n - 0.14 * x;
    const double f = x / d;
    const double bell = 1.0 / (1.0 + f * f);
    broadening = std::exp(ln10 * centre.log10_value * bell);

    const double by_f = -2.0 * f * bell * bell * centre.log10_value;  // d log10 F / d f
    const double f_by_centre = (-0.67 * d - x * (-1.27 + 0.14 * 0.67)) / (d * d);
    slope_Pr = by_f * n / (d * d);
    slope_T = ln10 * (bell + by_f * f_by_centre) * centre.log10_by_T;
  }
  const double per_M = ratio / (1.0 + Pr) * broadening;  // finite also at M = 0
  const double slope = 1.0 / (1.0 + Pr) + slope_Pr;      // d ln(factor) / d ln Pr
  const double value = Pr / (1.0 + Pr) * broadening;
  return {value, per_M * slope, value * (slope * ratio_T + slope_T)};
}

}  // namespace bimetal::chemistry
