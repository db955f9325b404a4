#include "homogenisation/spectral_preconditioner.hpp"

#include <fftw3.h>

#include <cmath>
#include <numbers>

#include "core/error.hpp"

namespace bimetal::homogenisation {
namespace {

fftwf_complex* complex(Field<float>& pairs) { return reinterpret_cast<fftwf_complex*>(pairs.data()); }
fftwf_complex* complex(Field<std::complex<float>>& field) { return reinterpret_cast<fftwf_complex*>(field.data()); }
template <class Plan>
fftwf_plan plan_of(const Plan& plan) {
  return static_cast<fftwf_plan>(plan.get());
}

}  // namespace

void SpectralPreconditioner::Destroy::operator()(void* plan) const {
  fftwf_destroy_plan(static_cast<fftwf_plan>(plan));
}

SpectralPreconditioner::SpectralPreconditioner(int n)
    : n_(n), half_(n / 2 + 1), inverse_(n), x_part_(n), cross_part_(n), y_part_(n), pairs_(n), spectrum_(n) {
  Field<float> values(n);  // what is transformed later has its shape and alignment
  const int n_pairs = (n + 1) / 2, stride = values.stride() / 2, row = spectrum_.stride();
  const auto along_y = [&](Field<float>& from, Field<float>& to, int sign) {
    return fftwf_plan_many_dft(1, &n, n_pairs, complex(from), nullptr, stride, 1, complex(to), nullptr, stride, 1,
                               sign, FFTW_ESTIMATE);
  };
  const auto along_x = [&](int sign) {
    return fftwf_plan_many_dft(1, &n, half_, complex(spectrum_), nullptr, 1, row, complex(spectrum_), nullptr, 1, row,
                               sign, FFTW_ESTIMATE);
  };
  forward_y_.reset(along_y(values, pairs_, FFTW_FORWARD));
  forward_x_.reset(along_x(FFTW_FORWARD));
  back_x_.reset(along_x(FFTW_BACKWARD));
  back_y_.reset(along_y(pairs_, values, FFTW_BACKWARD));
  VALIDATE(forward_y_ && forward_x_ && back_x_ && back_y_, "FFTW has no transform of {} x {} values", n, n);
  const double turn = 2.0 * std::numbers::pi / n;
  for (int j = 0; j < half_; ++j)
    for (int i = 0; i < n; ++i) {
      const double a = turn * i, b = turn * j;
      x_part_.row(j)[i] = static_cast<float>((1.0 - std::cos(a)) * (1.0 + std::cos(b)));
      cross_part_.row(j)[i] = static_cast<float>(2.0 * std::sin(a) * std::sin(b));
      y_part_.row(j)[i] = static_cast<float>((1.0 + std::cos(a)) * (1.0 - std::cos(b)));
    }
}

void SpectralPreconditioner::set_medium(const std::array<double, 3>& C) {
  const float c11 = static_cast<float>(C[0]), c12 = static_cast<float>(C[1]), c22 = static_cast<float>(C[2]);
  const float scale = 0.5F / static_cast<float>(n_ * n_);
  for (int j = 0; j < half_; ++j) {
    const float *x = x_part_.row(j), *cross = cross_part_.row(j), *y = y_part_.row(j);
    float* inverse = inverse_.row(j);
#pragma omp simd
    for (int i = 0; i < n_; ++i) inverse[i] = scale / (c11 * x[i] + c12 * cross[i] + c22 * y[i]);
  }
  inverse_.row(0)[0] = 0.0F;
  if (n_ % 2 == 0) inverse_.row(n_ / 2)[n_ / 2] = 0.0F;
}

double SpectralPreconditioner::apply(Field<float>& r, Field<float>& z) {
  EXPECT(r.n() == n_ && z.n() == n_);
  fftwf_execute_dft(plan_of(forward_y_), complex(r), complex(pairs_));
  separate();
  fftwf_execute(plan_of(forward_x_));
  const double product = scale_spectrum();
  fftwf_execute(plan_of(back_x_));
  join();
  fftwf_execute_dft(plan_of(back_y_), complex(pairs_), complex(z));
  z.wrap();
  return product;
}

/// Twice the spectra in y of single columns, from those of pairs: a real column's spectrum is its own mirror image.
void SpectralPreconditioner::separate() {
  for (int k = 0; k < half_; ++k) {
    const float *here = pairs_.row(k), *mirror = pairs_.row(k == 0 ? 0 : n_ - k);
    float* to = reinterpret_cast<float*>(spectrum_.row(k));
#pragma omp simd
    for (int m = 0; m < (n_ + 1) / 2; ++m) {
      const float re = here[2 * m], im = here[2 * m + 1], re_mirror = mirror[2 * m], im_mirror = mirror[2 * m + 1];
      to[4 * m] = re + re_mirror;
      to[4 * m + 1] = im - im_mirror;
      to[4 * m + 2] = im + im_mirror;
      to[4 * m + 3] = re_mirror - re;
    }
  }
}

/// Pairs again; the inverse of separate() but for the factor.
void SpectralPreconditioner::join() {
  for (int k = 0; k < half_; ++k) {
    const float* from = reinterpret_cast<const float*>(spectrum_.row(k));
    float *here = pairs_.row(k), *mirror = pairs_.row(k == 0 ? 0 : n_ - k);
    for (int m = 0; m < (n_ + 1) / 2; ++m) {
      const float re = from[4 * m], im = from[4 * m + 1], next_re = from[4 * m + 2], next_im = from[4 * m + 3];
      mirror[2 * m] = re + next_im;
      mirror[2 * m + 1] = next_re - im;
      here[2 * m] = re - next_im;
      here[2 * m + 1] = im + next_re;
    }
  }
}

/// Returns r·z by Parseval's theorem: frequencies between the first and, for even n, the last stand for their mirror
/// images as well.
double SpectralPreconditioner::scale_spectrum() {
  double product = 0.0;
  for (int k = 0; k < half_; ++k) {
    float* values = reinterpret_cast<float*>(spectrum_.row(k));
    const float* inverse = inverse_.row(k);
    float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < n_; ++i) {
      const float re = values[2 * i], im = values[2 * i + 1];
      sum += inverse[i] * (re * re + im * im);
      values[2 * i] = inverse[i] * re;
      values[2 * i + 1] = inverse[i] * im;
    }
    product += (k == 0 || 2 * k == n_ ? 0.5 : 1.0) * sum;
  }
  return product;
}

}  // namespace bimetal::homogenisation
