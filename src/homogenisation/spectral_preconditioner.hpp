#pragma once

#include <array>
#include <complex>
#include <memory>

#include "homogenisation/field.hpp"

namespace bimetal::homogenisation {

/// The inverse of the operator of a homogeneous cell, by two Fourier transforms. Its symbol at the frequencies a, b
/// in x and y is C11 (1 - cos a)(1 + cos b) + 2 C12 sin a sin b + C22 (1 + cos a)(1 - cos b), that of one-point
/// quadrature (Willot, Comptes Rendus Mécanique 343 (2015) 232); on constants and, for even n, on the checkerboard it
/// is zero, and so is the inverse. In single precision, which is all that a preconditioner needs. FFTW is asked for
/// plans that are not measured, so that results are the same in every process. Local.
class SpectralPreconditioner {
 public:
  explicit SpectralPreconditioner(int n);

  /// The conductivity of the homogeneous cell, {C11, C12, C22}, positive definite.
  void set_medium(const std::array<double, 3>& C);

  /// z = M^-1 r, columns wrapped; returns r·z. Fields of n x n nodes. r must not be z.
  double apply(Field<float>& r, Field<float>& z);

 private:
  struct Destroy {
    void operator()(void* plan) const;
  };
  int n_, half_;                               // half_: frequencies in x, n/2 + 1
  Field<float> inverse_;                       // of the symbol, divided by n² [n, half_]
  Field<float> x_part_, cross_part_, y_part_;  // of the symbol [n, half_]
  Field<std::complex<float>> spectrum_;        // [n, half_]
  Field<float> planned_;                       // what plans are made with; others have its shape and alignment
  std::unique_ptr<void, Destroy> forward_, back_;
};

}  // namespace bimetal::homogenisation
