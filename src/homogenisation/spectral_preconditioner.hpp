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
  double scale_spectrum();
  void separate();
  void join();

  int n_, half_;                               // half_: frequencies in y that are not mirror images, n/2 + 1
  Field<float> inverse_;                       // of the symbol, divided by 2 n² [half_, n]
  Field<float> x_part_, cross_part_, y_part_;  // of the symbol [half_, n]
  Field<float> pairs_;                         // transformed in y, neighbours in x still together [n, n]
  Field<std::complex<float>> spectrum_;        // transformed in y, or in both directions [half_, n]
  std::unique_ptr<void, Destroy> forward_y_, forward_x_, back_x_, back_y_;
};

}  // namespace bimetal::homogenisation
