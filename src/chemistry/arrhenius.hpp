#pragma once

#include <cmath>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// ln |A| of a pre-exponential factor; for none a number so low that its exponential is 0 whatever is added.
inline double log_magnitude(double A) { return A == 0.0 ? -1e4 : std::log(std::abs(A)); }

/// ln |k| at T [K]; A must not be 0. k in kmol, m, s.
inline double log_rate(const Arrhenius& rate, double T) {
  return std::log(std::abs(rate.A)) + rate.b * std::log(T) - rate.T_activation / T;
}

}  // namespace bimetal::chemistry
