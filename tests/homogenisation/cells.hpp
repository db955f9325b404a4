#pragma once

#include <cmath>
#include <numbers>

#include "core/random.hpp"
#include "homogenisation/cell_problem.hpp"
#include "homogenisation/inclusion.hpp"

namespace bimetal::homogenisation::testing {

constexpr double aspect = 1.5;

/// Phases that stiffen and soften with the gradient.
constexpr PhaseLaw matrix{.k = 1.0, .temperature_exponent = 0.3, .p = 2.5, .g0 = 1000.0};
constexpr PhaseLaw inclusion{.k = 30.0, .temperature_exponent = -0.2, .p = 1.6, .g0 = 500.0};

/// A cell to ask; it must outlive what is asked of the answer.
struct Drawing {
  Drawing(int n, Shape shape, double aspect_ratio, double fraction, double angle) : part(n) {
    Inclusion(n, shape, aspect_ratio).draw(fraction, angle, part, mixed);
  }
  CellQuestion ask(double T, const Vector& gradient) const {
    return {.T = T, .gradient = gradient, .part = &part, .mixed = &mixed};
  }
  Field<double> part;
  MixedPixels mixed;
};

/// Solves for the flux of an ellipse, or fails.
inline Vector flux_of(CellProblem& problem, Shape shape, double aspect_ratio, double T, const Vector& gradient,
                      double fraction, double angle, int n) {
  const Drawing cell(n, shape, aspect_ratio, fraction, angle);
  if (problem.solve(cell.ask(T, gradient))) return {NAN, NAN, NAN};
  return problem.flux();
}

inline double distance(const Vector& a, const Vector& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }
inline double relative_error(const Vector& a, const Vector& exact) {
  return distance(a, exact) / distance(exact, {});
}

struct Draw {
  Vector gradient;
  double T, fraction, angle;
};

/// The i-th of many random questions: gradients of 30 to 3000 K/m.
inline Draw draw(std::uint64_t i) {
  const auto random = [&](std::uint64_t k) { return core::random_uniform(7, core::Purpose::data, i, k); };
  const double g = 3000.0 * std::pow(10.0, -2.0 * random(0)), direction = 2.0 * std::numbers::pi * random(1);
  return {.gradient = {g * std::cos(direction), g * std::sin(direction), i % 2 == 0 ? 0.0 : g * (random(2) - 0.5)},
          .T = 250.0 + 150.0 * random(3),
          .fraction = 0.02 + 0.45 * random(4),
          .angle = std::numbers::pi * random(5)};
}

}  // namespace bimetal::homogenisation::testing
