#pragma once

#include <array>

namespace bimetal::conduction {

/// Weights of a backward difference: du/dt at the new time is (now u + before[0] u_n + before[1] u_{n-1}) / dt.
struct TimeWeights {
  double now = 1.0;
  std::array<double, 2> before{-1.0, 0.0};
};

/// Implicit Euler where no step went before (`last_dt` 0), else BDF2 for steps of different length.
/// Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I (1993), sec. III.5. dt, last_dt: [s]. Local.
inline TimeWeights backward_difference(double dt, double last_dt) {
  if (last_dt == 0.0) return {};
  const double ratio = dt / last_dt;
  return {(1.0 + 2.0 * ratio) / (1.0 + ratio), {-(1.0 + ratio), ratio * ratio / (1.0 + ratio)}};
}

}  // namespace bimetal::conduction
