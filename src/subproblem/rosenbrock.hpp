#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "subproblem/dense_lu.hpp"
#include "subproblem/ode.hpp"
#include "subproblem/rosenbrock_method.hpp"

namespace bimetal::subproblem {

struct RosenbrockOptions {
  double rtol = 1e-3;
  double atol = 1e-10;
  long max_steps = 1000;  // refused ones included
};

struct RosenbrockCounts {
  std::int64_t steps = 0;    // accepted
  std::int64_t refused = 0;  // by the error estimate
  std::int64_t rhs_evaluations = 0;
  std::int64_t jacobian_evaluations = 0;
};

/// A Rosenbrock method with step-size control on one system, with all its memory, to be used again and again. No
/// Newton iteration and no history: a step costs one Jacobian, one factorisation and a solution per stage. The first
/// step tried is the whole interval, so that a row with little to do costs no more than one. Failures to integrate
/// are values. Hairer & Wanner, Solving Ordinary Differential Equations II (1996), section IV.7. Local.
class Rosenbrock {
 public:
  explicit Rosenbrock(std::unique_ptr<Ode> ode, const RosenbrockMethod& method = rodas3);

  /// Integrates y [size] in place from 0 to t_end; says why if it cannot, and y is then as far as it came.
  std::optional<std::string> integrate(std::span<double> y, double t_end, const RosenbrockOptions& options);

  /// Of the last integration.
  const RosenbrockCounts& counts() const { return counts_; }

 private:
  double attempt(std::span<const double> y, double h, const RosenbrockOptions& options);
  double step_factor(double error) const;
  double norm(std::span<const double> estimate, std::span<const double> y, const RosenbrockOptions& options) const;

  std::unique_ptr<Ode> ode_;
  RosenbrockMethod method_;
  DenseLu lu_;
  RosenbrockCounts counts_;
  std::vector<double> rates_;     // [n] at the beginning of the step
  std::vector<double> jacobian_;  // [n * n]
  std::vector<double> stages_;    // [n_stages * n] u_i
  std::vector<double> f_;         // [n] of a stage
  std::vector<double> trial_;     // [n] argument of a stage; in the end the new state
};

}  // namespace bimetal::subproblem
