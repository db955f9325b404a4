#include "homogenisation/spectral_preconditioner.hpp"

#include <fftw3.h>

#include <cmath>
#include <numbers>

#include "core/error.hpp"

namespace bimetal::homogenisation {
namespace {

fftwf_complex* of_fftw(std::complex<float>* values) { return reinterpret_cast<fftwf_complex*>(values); }

}  // namespace

void SpectralPreconditioner::Destroy::operator()(void* plan) const {
  fftwf_destroy_plan(static_cast<fftwf_plan>(plan));
}

SpectralPreconditioner::SpectralPreconditioner(int n)
    : n_(n), half_(n / 2 + 1), inverse_(n), x_part_(n), cross_part_(n), y_part_(n), spectrum_(n), planned_(n) {
  const std::array<int, 2> shape{n, n}, real{n, planned_.stride()}, complex{n, spectrum_.stride()};
  forward_.reset(fftwf_plan_many_dft_r2c(2, shape.data(), 1, planned_.data(), real.data(), 1, 0,
                                         of_fftw(spectrum_.data()), complex.data(), 1, 0, FFTW_ESTIMATE));
  back_.reset(fftwf_plan_many_dft_c2r(2, shape.data(), 1, of_fftw(spectrum_.data()), complex.data(), 1, 0,
                                      planned_.data(), real.data(), 1, 0, FFTW_ESTIMATE));
  VALIDATE(forward_ && back_, "FFTW has no transform of {} x {} values", n, n);
  const double turn = 2.0 * std::numbers::pi / n;
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < half_; ++i) {
      const double a = turn * i, b = turn * j;
      x_part_.row(j)[i] = static_cast<float>((1.0 - std::cos(a)) * (1.0 + std::cos(b)));
      cross_part_.row(j)[i] = static_cast<float>(2.0 * std::sin(a) * std::sin(b));
      y_part_.row(j)[i] = static_cast<float>((1.0 + std::cos(a)) * (1.0 - std::cos(b)));
    }
}

void SpectralPreconditioner::set_medium(const std::array<double, 3>& C) {
  const float c11 = static_cast<float>(C[0]), c12 = static_cast<float>(C[1]), c22 = static_cast<float>(C[2]);
  const float scale = 1.0F / static_cast<float>(n_ * n_);
  for (int j = 0; j < n_; ++j) {
    const float *x = x_part_.row(j), *cross = cross_part_.row(j), *y = y_part_.row(j);
    float* inverse = inverse_.row(j);
#pragma omp simd
    for (int i = 0; i < half_; ++i) inverse[i] = scale / (c11 * x[i] + c12 * cross[i] + c22 * y[i]);
  }
  inverse_.row(0)[0] = 0.0F;
  if (n_ % 2 == 0) inverse_.row(n_ / 2)[n_ / 2] = 0.0F;
}

double SpectralPreconditioner::apply(Field<float>& r, Field<float>& z) {
  EXPECT(r.n() == n_ && z.n() == n_);
  fftwf_execute_dft_r2c(static_cast<fftwf_plan>(forward_.get()), r.data(), of_fftw(spectrum_.data()));
  double product = 0.0;
  for (int j = 0; j < n_; ++j) {
    float* values = reinterpret_cast<float*>(spectrum_.row(j));
    const float* inverse = inverse_.row(j);
    const auto weighted_square = [&](int i) {
      return inverse[i] * (values[2 * i] * values[2 * i] + values[2 * i + 1] * values[2 * i + 1]);
    };
    float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < half_; ++i) sum += weighted_square(i);
    // Frequencies between the first and, for even n, the last stand for their mirror images as well.
    product += 2.0 * sum - weighted_square(0) - (n_ % 2 == 0 ? weighted_square(half_ - 1) : 0.0F);
#pragma omp simd
    for (int i = 0; i < half_; ++i) {
      values[2 * i] *= inverse[i];
      values[2 * i + 1] *= inverse[i];
    }
  }
  fftwf_execute_dft_c2r(static_cast<fftwf_plan>(back_.get()), of_fftw(spectrum_.data()), z.data());
  z.wrap();
  return product;
}

}  // namespace bimetal::homogenisation
