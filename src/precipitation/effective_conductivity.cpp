#include "precipitation/effective_conductivity.hpp"

#include "homogenisation/pixel_fluxes.hpp"

namespace bimetal::precipitation {
namespace {

constexpr double tolerance = 2e-3;  // of the response; the conductivity's error is of second order in it
constexpr int max_iterations = 1000;

}  // namespace

EffectiveConductivity::EffectiveConductivity(int n, double around, double grain)
    : n_(n), around_(around), grain_(grain), cell_(n), u_(n), v_(n), load_(n), left_(n), response_(n) {}

std::optional<std::array<double, 2>> EffectiveConductivity::find(const PhaseField& phi) {
  auto& conductivity = cell_.conductivity();
  double sum = 0.0;
  for (int j = 0; j < n_; ++j)
    for (int i = 0; i < n_; ++i) {
      const double k = phi.row(j)[i] * around_ + (1.0 - phi.row(j)[i]) * grain_;
      // Along the diagonals, whose differences are those of unit gradients.
      conductivity.A.row(j)[i] = conductivity.C.row(j)[i] = static_cast<float>(0.5 * k);
      sum += k;
    }
  const double mean = sum / (static_cast<double>(n_) * n_);
  cell_.preconditioner().set_medium({mean, 0.0, mean});
  converged_ = true;
  const std::array<double, 2> found{mean - find_along(0), mean - find_along(1)};
  return converged_ ? std::optional(found) : std::nullopt;
}

/// What the fluctuation takes off the mean conductivity along an axis, with an error of second order in that of the
/// response.
double EffectiveConductivity::find_along(int axis) {
  const auto& conductivity = cell_.conductivity();
  for (int j = 0; j < n_; ++j)
    for (int i = 0; i < n_; ++i) {
      u_.row(j)[i] = conductivity.A.row(j)[i];
      v_.row(j)[i] = axis == 0 ? conductivity.C.row(j)[i] : -conductivity.C.row(j)[i];
    }
  homogenisation::gather(u_, v_, load_);
  for (int j = 0; j < n_; ++j)
    for (int i = 0; i < n_; ++i) left_.row(j)[i] = static_cast<float>(load_.row(j)[i]);
  const double size = cell_.start(left_);
  cell_.solve(left_, response_, tolerance * size, max_iterations);
  converged_ = cell_.start(left_) <= tolerance * size && converged_;  // false, too, where the solver broke down
  double product = 0.0;
  for (int j = 0; j < n_; ++j)
    for (int i = 0; i < n_; ++i)
      product += (load_.row(j)[i] + static_cast<double>(left_.row(j)[i])) * response_.row(j)[i];
  return product / (static_cast<double>(n_) * n_);
}

}  // namespace bimetal::precipitation
