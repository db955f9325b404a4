#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "subproblem/ode.hpp"

namespace bimetal::subproblem {

struct CvodeOptions {
  double rtol = 1e-6;
  double atol = 1e-10;
  long max_steps = 5000;
  double first_step = 0.0;   // 0: CVODE estimates it
  long jacobian_every = 51;  // steps at most between two evaluations of the Jacobian
};

struct CvodeCounts {
  std::int64_t steps = 0;
  std::int64_t rhs_evaluations = 0;
  std::int64_t jacobian_evaluations = 0;
};

/// SUNDIALS CVODE on one system, with all its memory, to be used again and again: variable-order BDF, Newton with a
/// dense direct solver and the system's Jacobian. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363.
/// Failures to integrate are values; a failing library call is a RuntimeFailure. Local.
class Cvode {
 public:
  explicit Cvode(std::unique_ptr<Ode> ode);
  ~Cvode();
  Cvode(Cvode&&) noexcept;
  Cvode& operator=(Cvode&&) noexcept;

  /// Begins at t = 0 from y [size]; nothing of an earlier integration is left. Time will not go beyond t_end.
  void start(std::span<const double> y, double t_end, const CvodeOptions& options);

  /// Integrates to t_end; says why if it cannot.
  std::optional<std::string> finish();
  /// One internal step; says why if it cannot.
  std::optional<std::string> step();

  double time() const;
  std::span<const double> state() const;  // [size] at time()
  /// Of the integration since start().
  CvodeCounts counts() const;
  Ode& ode();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bimetal::subproblem
