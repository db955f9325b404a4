#include "precipitation/phase_step.hpp"

#include <algorithm>
#include <cmath>

namespace bimetal::precipitation {
namespace {

constexpr double error = 1e-9;         // of the phase field that Newton's method leaves [1]
constexpr double forcing_term = 1e-3;  // of a Newton step
constexpr int max_newton = 20, max_cg = 500;

/// Calls visit(j, row j, the row below, the row above) for every row, periodically.
template <class Visit>
void for_stencil(const PhaseField& field, Visit visit) {
  const int n = field.n();
  for (int j = 0; j < n; ++j) {
    const double *here = field.row(j), *below = field.row(j == 0 ? n - 1 : j - 1),
                 *above = field.row(j + 1 == n ? 0 : j + 1);
    visit(j, here, below, above);
  }
}

double dot(const PhaseField& a, const PhaseField& b) {
  double sum = 0.0;
  for (int j = 0; j < a.n(); ++j) {
    const double *x = a.row(j), *y = b.row(j);
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < a.n(); ++i) sum += x[i] * y[i];
  }
  return sum;
}

/// to += factor * from.
void add(double factor, const PhaseField& from, PhaseField& to) {
  for (int j = 0; j < to.n(); ++j) {
    const double* x = from.row(j);
    double* y = to.row(j);
#pragma omp simd
    for (int i = 0; i < to.n(); ++i) y[i] += factor * x[i];
  }
}

/// What the four neighbours of pixel i of a row sum to; the row has a copy of its first value at its end.
inline double neighbours(const double* here, const double* below, const double* above, int i, int n) {
  return here[i == 0 ? n - 1 : i - 1] + here[i + 1] + below[i] + above[i];
}

}  // namespace

PhaseStep::PhaseStep(int n, const PhaseOptions& options)
    : n_(n), options_(options), before_(n), diagonal_(n), residual_(n), step_(n), direction_(n), product_(n) {}

double PhaseStep::growth(double u) const {
  const double ratio = u / options_.equilibrium;
  return options_.rate * (ratio * ratio - 1.0);
}

/// Everything is divided by the weight of a neighbour, gamma lambda² / h².
std::optional<std::string> PhaseStep::advance(double u, double dt, PhaseField& phi) {
  const double weight = options_.diffusivity * options_.width * options_.width * n_ * n_;
  const double inertia = options_.width * options_.width / (dt * weight);
  const double forcing = 4.0 * options_.width * growth(u) / weight;
  before_.copy(phi);
  for (int newton = 0; newton <= max_newton; ++newton) {
    const double size = find_residual(forcing, inertia, phi);
    if (!std::isfinite(size)) return "the phase field is not finite";
    if (size <= error * inertia * n_) return std::nullopt;
    correct(forcing_term * size, phi);
  }
  return "Newton's method for the phase field did not converge";
}

/// The residual, with its sign turned, and the diagonal of its derivative. Returns the residual's norm.
double PhaseStep::find_residual(double forcing, double inertia, const PhaseField& phi) {
  const double well = 16.0 / (options_.width * options_.width * n_ * n_);  // gamma / weight * 16
  double squares = 0.0;
  for_stencil(phi, [&](int j, const double* here, const double* below, const double* above) {
    const double* before = before_.row(j);
    double *residual = residual_.row(j), *diagonal = diagonal_.row(j);
    double sum = 0.0;
    const auto look = [&](int i, double around) {
      const double p = here[i], q = 1.0 - p;
      residual[i] = inertia * (before[i] - p) + around - 4.0 * p - well * p * q * (q - p) - forcing * p * q;
      diagonal[i] = inertia + 4.0 + well * (1.0 - 6.0 * p * q) + forcing * (q - p);
      sum += residual[i] * residual[i];
    };
    look(0, neighbours(here, below, above, 0, n_));
    for (int i = 1; i < n_; ++i) look(i, here[i - 1] + here[i + 1] + below[i] + above[i]);
    squares += sum;
  });
  return std::sqrt(squares);
}

/// product = derivative * direction; returns direction · product.
double PhaseStep::multiply() {
  double curvature = 0.0;
  for_stencil(direction_, [&](int j, const double* here, const double* below, const double* above) {
    const double* diagonal = diagonal_.row(j);
    double* product = product_.row(j);
    product[0] = diagonal[0] * here[0] - neighbours(here, below, above, 0, n_);
    double sum = here[0] * product[0];
#pragma omp simd reduction(+ : sum)
    for (int i = 1; i < n_; ++i) {
      product[i] = diagonal[i] * here[i] - (here[i - 1] + here[i + 1] + below[i] + above[i]);
      sum += here[i] * product[i];
    }
    curvature += sum;
  });
  return curvature;
}

/// Adds a Newton step to phi.
void PhaseStep::correct(double enough, PhaseField& phi) {
  step_.fill(0.0);
  direction_.copy(residual_);
  direction_.wrap();
  double square = dot(residual_, residual_);
  for (int iteration = 0; iteration < max_cg && square > enough * enough; ++iteration) {
    const double curvature = multiply();
    if (!(curvature > 0.0)) break;
    const double alpha = square / curvature;
    add(alpha, direction_, step_);
    add(-alpha, product_, residual_);
    const double square_before = square;
    square = dot(residual_, residual_);
    const double beta = square / square_before;
    for (int j = 0; j < n_; ++j) {
      double* direction = direction_.row(j);
      const double* residual = residual_.row(j);
#pragma omp simd
      for (int i = 0; i < n_; ++i) direction[i] = residual[i] + beta * direction[i];
    }
    direction_.wrap();
  }
  add(1.0, step_, phi);
  phi.wrap();
}

}  // namespace bimetal::precipitation
