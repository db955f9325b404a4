#pragma once

#include <memory>
#include <span>

#include "subproblem/ode.hpp"

namespace bimetal::benchmarks {

/// SUNDIALS ARKODE's explicit Runge-Kutta methods with step-size control, to see where chemistry is not stiff.
/// Reynolds, Gardner, Woodward & Chinomona, ACM Trans. Math. Softw. 49 (2023) 19. Local.
class ExplicitIntegrator {
 public:
  ExplicitIntegrator(std::unique_ptr<subproblem::Ode> ode, int order);
  ~ExplicitIntegrator();
  ExplicitIntegrator(ExplicitIntegrator&&) noexcept;
  ExplicitIntegrator& operator=(ExplicitIntegrator&&) = delete;

  /// Integrates y [size] in place; false if stability asks for more than max_steps steps.
  bool integrate(std::span<double> y, double t_end, double rtol, double atol, long max_steps);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bimetal::benchmarks
