#include "subproblem/rosenbrock.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"

namespace bimetal::subproblem {
namespace {

// Of the step size, from one step to the next. Within sensible limits they hardly matter.
constexpr double safety = 0.9;
constexpr double least_factor = 0.1;
constexpr double most_factor = 6.0;

constexpr double least_step = 1e-15;  // as a part of the interval
constexpr double least_error = 1e-10;
constexpr double hopeless = std::numeric_limits<double>::infinity();

/// y += a x, which never overlap.
inline void add(double a, const double* __restrict x, double* __restrict y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] += a * x[i];
}

}  // namespace

Rosenbrock::Rosenbrock(std::unique_ptr<Ode> ode, const RosenbrockMethod& method)
    : ode_(std::move(ode)),
      method_(method),
      lu_(ode_->size()),
      rates_(ode_->size()),
      jacobian_(ode_->size() * ode_->size()),
      stages_(static_cast<std::size_t>(method.n_stages) * ode_->size()),
      f_(ode_->size()),
      trial_(ode_->size()) {}

std::optional<std::string> Rosenbrock::integrate(std::span<double> y, double t_end,
                                                 const RosenbrockOptions& options) {
  EXPECT(y.size() == ode_->size() && t_end > 0.0);
  counts_ = {};
  double left = t_end;
  double h = t_end;
  bool refused = false;
  while (true) {
    if (counts_.steps + counts_.refused >= options.max_steps) return "it takes too many steps";
    if (!refused) {  // else the Jacobian is that of this state
      ++counts_.jacobian_evaluations;
      if (ode_->linearise(y, rates_, jacobian_) != Evaluation::done)
        return "the state leaves the range of the thermodynamic data";
    }
    const double error = attempt(y, h, options);
    const double factor = step_factor(error);
    if (error <= 1.0) {
      ++counts_.steps;
      std::copy(trial_.begin(), trial_.end(), y.begin());
      if (h >= left) return std::nullopt;
      left -= h;
      h *= refused ? std::min(factor, 1.0) : factor;
    } else {
      ++counts_.refused;
      h *= factor;
      if (h < least_step * t_end) return "the step has become too small";
    }
    refused = error > 1.0;
    if (h > 0.5 * left) h = h >= left ? left : 0.5 * left;  // the rest in equal steps, not in a long and a tiny one
  }
}

double Rosenbrock::step_factor(double error) const {
  if (error == hopeless) return least_factor;
  return std::clamp(safety * std::pow(error, -1.0 / method_.estimate_order), least_factor, most_factor);
}

/// One step of size h from y to trial_; its error in units of the tolerances.
double Rosenbrock::attempt(std::span<const double> y, double h, const RosenbrockOptions& options) {
  if (!lu_.factor(1.0 / (h * method_.gamma), -1.0, jacobian_)) return hopeless;
  const std::size_t n = y.size();
  const auto combine = [&](const RosenbrockMethod::Row& weights, std::size_t n_stages, double scale,
                           std::span<double> sum) {
    for (std::size_t j = 0; j < n_stages; ++j)
      if (weights[j] != 0.0) add(scale * weights[j], stages_.data() + j * n, sum.data(), n);
  };

  std::copy(rates_.begin(), rates_.end(), f_.begin());
  const auto n_stages = static_cast<std::size_t>(method_.n_stages);
  for (std::size_t i = 0; i < n_stages; ++i) {
    if (method_.evaluates[i]) {
      std::copy(y.begin(), y.end(), trial_.begin());
      combine(method_.a[i], i, 1.0, trial_);
      ++counts_.rhs_evaluations;
      if (ode_->rates(trial_, f_) != Evaluation::done) return hopeless;
    }
    const std::span<double> u(stages_.data() + i * n, n);
    std::copy(f_.begin(), f_.end(), u.begin());
    combine(method_.c[i], i, 1.0 / h, u);
    lu_.solve(u);
  }

  std::copy(y.begin(), y.end(), trial_.begin());
  combine(method_.m, n_stages, 1.0, trial_);
  std::fill(f_.begin(), f_.end(), 0.0);
  combine(method_.e, n_stages, 1.0, f_);
  return norm(f_, y, options);
}

/// Root mean square of the estimate over the tolerances at both ends of the step.
double Rosenbrock::norm(std::span<const double> estimate, std::span<const double> y,
                        const RosenbrockOptions& options) const {
  double sum = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double ratio = estimate[i] / (options.atol + options.rtol * std::max(std::abs(y[i]), std::abs(trial_[i])));
    sum += ratio * ratio;
  }
  const double error = std::sqrt(sum / static_cast<double>(y.size()));
  return std::isfinite(error) ? std::max(error, least_error) : hopeless;
}

}  // namespace bimetal::subproblem
