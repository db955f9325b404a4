#pragma once

#include "homogenisation/phase_law.hpp"
#include "homogenisation/power.hpp"

namespace bimetal::homogenisation {

/// A law at a temperature, ready for loops.
struct LawAt {
  LawAt(const PhaseLaw& law, double T)
      : k(law.conductivity(T)),
        per_g0(1.0 / (law.g0 * law.g0)),
        s(0.5 * (law.p - 2.0)),
        by_T(law.temperature_exponent / T) {}
  double k, per_g0, s;
  double by_T;  // d ln k/dT [1/K]
};

/// s = a g, ds/dg = a I + b g g^T.
struct Modulus {
  double a, b;
};

/// g2: |g|². Local.
inline Modulus modulus(const LawAt& law, double g2) {
  const double x = 1.0 + g2 * law.per_g0;
  const double a = law.k * vector_power(x, law.s);
  return {a, 2.0 * law.s * law.per_g0 * a / x};
}

}  // namespace bimetal::homogenisation
