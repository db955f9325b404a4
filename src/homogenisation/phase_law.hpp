#pragma once

#include <cmath>

namespace bimetal::homogenisation {

/// How a phase conducts: q = -k(T) (1 + |g|²/g0²)^((p-2)/2) g with k(T) = k (T/300 K)^n, the regularised power law of
/// nonlinear conduction. It derives from the convex potential W(g) = k(T) g0²/p ((1 + |g|²/g0²)^(p/2) - 1).
struct PhaseLaw {
  double k = 1.0;                     // at 300 K and small gradients [W/m/K], > 0
  double temperature_exponent = 0.0;  // n [1]
  double p = 2.0;                     // [1], in [1.3, 4]; 2: Fourier's law
  double g0 = 1.0;                    // gradient at which the power sets in [K/m], > 0

  bool valid() const {
    return k > 0.0 && std::isfinite(k) && std::isfinite(temperature_exponent) && p >= 1.3 && p <= 4.0 && g0 > 0.0 &&
           std::isfinite(g0);
  }
  /// T [K] > 0 -> [W/m/K]. Local.
  double conductivity(double T) const { return k * std::pow(T / 300.0, temperature_exponent); }
  /// Magnitude of the flux [W/m²] at the gradient's magnitude g [K/m]. Local.
  double flux(double T, double g) const {
    return conductivity(T) * std::pow(1.0 + g * g / (g0 * g0), 0.5 * (p - 2.0)) * g;
  }
  /// W(g) [W K/m²]. Local.
  double potential(double T, double g) const {
    return conductivity(T) * g0 * g0 / p * std::expm1(0.5 * p * std::log1p(g * g / (g0 * g0)));
  }
};

}  // namespace bimetal::homogenisation
