#include "homogenisation/linear_cell.hpp"

#include <cmath>
#include <utility>

namespace bimetal::homogenisation {

LinearCell::LinearCell(int n) : conductivity_(n), preconditioner_(n), p_(n), Kp_(n), z_(n), flux_(n) {}

/// Kp = K p; returns p·Kp. Every pixel's flux goes to its four nodes with the signs of the differences.
double LinearCell::multiply() {
  const int n = p_.n();
  float *u_below = flux_.row(0) + 1, *v_below = flux_.row(1) + 1;
  float *u = flux_.row(2) + 1, *v = flux_.row(3) + 1;
  double product = 0.0;
  for (int j = -1; j < n; ++j) {
    const int here = j < 0 ? n - 1 : j;
    const float *low = p_.row(here), *up = p_.row(here + 1 == n ? 0 : here + 1);
    const float *A = conductivity_.A.row(here), *B = conductivity_.B.row(here), *C = conductivity_.C.row(here);
    float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < n; ++i) {
      const float d1 = up[i + 1] - low[i], d2 = low[i + 1] - up[i];
      u[i] = A[i] * d1 + B[i] * d2;
      v[i] = B[i] * d1 + C[i] * d2;
      sum += u[i] * d1 + v[i] * d2;
    }
    u[-1] = u[n - 1];
    v[-1] = v[n - 1];
    if (j >= 0) {
      product += sum;
      float* out = Kp_.row(j);
#pragma omp simd
      for (int i = 0; i < n; ++i) out[i] = u_below[i - 1] - u[i] + v[i - 1] - v_below[i];
    }
    std::swap(u, u_below);
    std::swap(v, v_below);
  }
  return product;
}

double LinearCell::start(Field<float>& r) {
  rz_ = preconditioner_.apply(r, p_);
  return std::sqrt(rz_);
}

int LinearCell::solve(Field<float>& r, Field<float>& x, double enough, int max_iterations) {
  const int n = p_.n();
  x.fill(0.0F);
  int iteration = 0;
  while (rz_ > enough * enough && iteration < max_iterations) {
    const double curvature = multiply();
    if (!(curvature > 0.0)) break;
    const float alpha = static_cast<float>(rz_ / curvature);
    for (int j = 0; j < n; ++j) {
      float *to = x.row(j), *left = r.row(j);
      const float *p = p_.row(j), *Kp = Kp_.row(j);
#pragma omp simd
      for (int i = 0; i < n; ++i) {
        to[i] += alpha * p[i];
        left[i] -= alpha * Kp[i];
      }
    }
    ++iteration;
    const double rz_before = std::exchange(rz_, preconditioner_.apply(r, z_));
    const float beta = static_cast<float>(rz_ / rz_before);
    for (int j = 0; j < n; ++j) {
      float* p = p_.row(j);
      const float* z = z_.row(j);
#pragma omp simd
      for (int i = 0; i <= n; ++i) p[i] = z[i] + beta * p[i];
    }
  }
  x.wrap();
  return iteration;
}

}  // namespace bimetal::homogenisation
