#pragma once

#include <optional>
#include <string>

#include "precipitation/grain_field.hpp"

namespace bimetal::precipitation {

/// How the border of a grain moves.
struct PhaseOptions {
  double width = 0.08;        // lambda, of the profile across the border, relative to the side of the cell [1]
  double diffusivity = 0.01;  // gamma, of the phase field: how fast curved borders straighten
  double rate = 1.0;          // k_t, of dissolution
  double equilibrium = 0.5;   // u_eq, at which borders rest
};

/// A step of implicit Euler of
///
///   lambda² dphi/dt = gamma lambda² lap phi - gamma P'(phi) - 4 lambda f(u) phi (1 - phi),
///   P' = 16 phi (1 - phi)(1 - 2 phi),  f = k_t ((u/u_eq)² - 1)
///
/// (M. Bastidas, C. Bringedal, I. S. Pop, Appl. Math. Comput. 396 (2021) 125933), by Newton's method with conjugate
/// gradients; five-point differences. Where u is below u_eq the grain dissolves, its border at the speed |f|. Local.
class PhaseStep {
 public:
  PhaseStep(int n, const PhaseOptions& options);

  /// f(u) [1/time].
  double growth(double u) const;
  /// phi: at the start of the step, then at its end. What went wrong, or nothing.
  std::optional<std::string> advance(double u, double dt, PhaseField& phi);

 private:
  double find_residual(double forcing, double inertia, const PhaseField& phi);
  void correct(double enough, PhaseField& phi);
  double multiply();

  int n_;
  PhaseOptions options_;
  PhaseField before_, diagonal_, residual_, step_, direction_, product_;
};

}  // namespace bimetal::precipitation
