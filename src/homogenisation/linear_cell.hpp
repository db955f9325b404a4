#pragma once

#include <array>

#include "homogenisation/field.hpp"
#include "homogenisation/spectral_preconditioner.hpp"

namespace bimetal::homogenisation {

/// Conductivity of every pixel along its diagonals: with d1, d2 the differences of w along the rising and the falling
/// diagonal, the flux along them is u = A d1 + B d2, v = B d1 + C d2. [n, n] each.
struct DiagonalConductivity {
  explicit DiagonalConductivity(int n) : A(n), B(n), C(n) {}
  Field<float> A, B, C;
};

/// The linear cell problem K x = r of given conductivities by conjugate gradients, preconditioned by the inverse of a
/// homogeneous cell. In single precision: who needs more corrects x by the residual in double precision. Local.
class LinearCell {
 public:
  explicit LinearCell(int n);

  DiagonalConductivity& conductivity() { return conductivity_; }
  SpectralPreconditioner& preconditioner() { return preconditioner_; }

  /// Takes r and returns its size, sqrt(r·M^-1 r).
  double start(Field<float>& r);
  /// After start(r). x: the solution, columns wrapped; r: what is left of it on return. Stops when the size of r is
  /// below `enough`, or after `max_iterations`; returns the iterations.
  int solve(Field<float>& r, Field<float>& x, double enough, int max_iterations);

 private:
  double multiply();

  DiagonalConductivity conductivity_;
  SpectralPreconditioner preconditioner_;
  Field<float> p_, Kp_, z_;
  Field<float> flux_;  // scratch: u and v of two rows of pixels
  double rz_ = 0.0;    // r·M^-1 r
};

}  // namespace bimetal::homogenisation
