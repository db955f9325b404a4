#pragma once

#include <span>
#include <vector>

#include "subproblem/ode.hpp"

namespace bimetal::subproblem {

/// What an explicit step says about itself.
struct ExplicitStepReport {
  double error;     // the largest dt/2 |k2 - k1| over its scale; infinite if the rates could not be evaluated [1]
  double speeding;  // of what gains most, in scales: by how much of its rate it gains faster in the end [1]
};

/// One step of Heun's method over a whole interval: out = y + dt/2 (k1 + k2), k1 and k2 being the rates at y and at
/// the end of an Euler step. Second order, with the error of the Euler step as its estimate (Hairer, Nørsett &
/// Wanner, Solving Ordinary Differential Equations I (1993), II.4). It costs one evaluation of the rates where k1 is
/// known.
///
/// No quantity of the Euler step is below zero. Without that a trace of a radical with a lifetime far below dt would
/// become negative there, be produced again at a rate that does not exist, and grow in every step. Holds work space.
class ExplicitStep {
 public:
  explicit ExplicitStep(std::size_t size) : end_(size), k2_(size) {}

  /// y, k1, scale, out: [size], scale > 0; out must not be the memory of y. dt [s]. Local.
  ExplicitStepReport take(Ode& ode, std::span<const double> y, std::span<const double> k1, double dt,
                          std::span<const double> scale, std::span<double> out);

 private:
  std::vector<double> end_;  // [size] of the Euler step
  std::vector<double> k2_;   // [size]
};

}  // namespace bimetal::subproblem
