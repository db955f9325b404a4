#include "homogenisation/pixel_fluxes.hpp"

#include <utility>

#include "homogenisation/power.hpp"

namespace bimetal::homogenisation {
namespace {

/// A law at a temperature, ready for loops.
struct LawAt {
  LawAt(const PhaseLaw& law, double T)
      : k(law.conductivity(T)), per_g0(1.0 / (law.g0 * law.g0)), s(0.5 * (law.p - 2.0)) {}
  double k, per_g0, s;
};

/// s = a g, ds/dg = a I + b g g^T.
struct Modulus {
  double a, b;
};

inline Modulus modulus(const LawAt& law, double g2) {
  const double x = 1.0 + g2 * law.per_g0;
  const double a = law.k * vector_power(x, law.s);
  return {a, 2.0 * law.s * law.per_g0 * a / x};
}

}  // namespace

PixelFluxes::PixelFluxes(int n, const PhaseLaw& matrix, const PhaseLaw& inclusion)
    : matrix_(matrix), inclusion_(inclusion), flux_(n) {}

CellMeans PixelFluxes::evaluate(const CellQuestion& question, const Field<double>& w, double scale,
                                Field<double>& residual, DiagonalConductivity& conductivity) {
  const int n = w.n();
  const LawAt matrix(matrix_, question.T), inclusion(inclusion_, question.T);
  const double G1 = question.gradient[0] + question.gradient[1], G2 = question.gradient[0] - question.gradient[1];
  const double gz = question.gradient[2], gz2 = gz * gz;
  double *u_below = flux_.row(0) + 1, *v_below = flux_.row(1) + 1;
  double *u = flux_.row(2) + 1, *v = flux_.row(3) + 1;
  double sum_u = 0.0, sum_v = 0.0, sum_a = 0.0, sum_A = 0.0, sum_B = 0.0, sum_C = 0.0;
  for (int j = -1; j < n; ++j) {
    const int here = j < 0 ? n - 1 : j;
    const double *low = w.row(here), *up = w.row(here + 1 == n ? 0 : here + 1), *part = question.part->row(here);
    float *A = conductivity.A.row(here), *B = conductivity.B.row(here), *C = conductivity.C.row(here);
    double row_u = 0.0, row_v = 0.0, row_a = 0.0, row_A = 0.0, row_B = 0.0, row_C = 0.0;
#pragma omp simd reduction(+ : row_u, row_v, row_a, row_A, row_B, row_C)
    for (int i = 0; i < n; ++i) {
      const double d1 = G1 + up[i + 1] - low[i], d2 = G2 + low[i + 1] - up[i];  // g_x + g_y, g_x - g_y
      const double g2 = 0.5 * (d1 * d1 + d2 * d2) + gz2;
      const auto m = modulus(matrix, g2), c = modulus(inclusion, g2);
      const double a = m.a + part[i] * (c.a - m.a), b = m.b + part[i] * (c.b - m.b);
      u[i] = 0.5 * a * d1;
      v[i] = 0.5 * a * d2;
      const double A_i = 0.5 * a + 0.25 * b * d1 * d1, B_i = 0.25 * b * d1 * d2, C_i = 0.5 * a + 0.25 * b * d2 * d2;
      A[i] = static_cast<float>(scale * A_i);
      B[i] = static_cast<float>(scale * B_i);
      C[i] = static_cast<float>(scale * C_i);
      row_u += u[i];
      row_v += v[i];
      row_a += a;
      row_A += A_i;
      row_B += B_i;
      row_C += C_i;
    }
    u[-1] = u[n - 1];
    v[-1] = v[n - 1];
    if (j >= 0) {
      sum_u += row_u, sum_v += row_v, sum_a += row_a, sum_A += row_A, sum_B += row_B, sum_C += row_C;
      double* out = residual.row(j);
#pragma omp simd
      for (int i = 0; i < n; ++i) out[i] = u_below[i - 1] - u[i] + v[i - 1] - v_below[i];
      if (question.source != nullptr)
        for (int i = 0; i < n; ++i) out[i] -= question.source->row(j)[i];
    }
    std::swap(u, u_below);
    std::swap(v, v_below);
  }
  const double mean = 1.0 / (static_cast<double>(n) * n);
  return {.s = {mean * (sum_u + sum_v), mean * (sum_u - sum_v), mean * gz * sum_a},
          .C = {mean * (sum_A + 2.0 * sum_B + sum_C), mean * (sum_A - sum_C), mean * (sum_A - 2.0 * sum_B + sum_C)}};
}

void PixelFluxes::couple(const CellQuestion& question, const Field<double>& w, Couplings& couplings) const {
  const int n = w.n();
  const LawAt matrix(matrix_, question.T), inclusion(inclusion_, question.T);
  const double G1 = question.gradient[0] + question.gradient[1], G2 = question.gradient[0] - question.gradient[1];
  const double gz = question.gradient[2], gz2 = gz * gz;
  const double n_matrix = matrix_.temperature_exponent / question.T;
  const double n_inclusion = inclusion_.temperature_exponent / question.T;
  double xx = 0.0, xy = 0.0, yy = 0.0, xz = 0.0, yz = 0.0, zz = 0.0, xT = 0.0, yT = 0.0, zT = 0.0;
  for (int j = 0; j < n; ++j) {
    const double *low = w.row(j), *up = w.row(j + 1 == n ? 0 : j + 1), *part = question.part->row(j);
    double *u_z = couplings.u_z.row(j), *v_z = couplings.v_z.row(j);
    double *u_T = couplings.u_T.row(j), *v_T = couplings.v_T.row(j);
#pragma omp simd reduction(+ : xx, xy, yy, xz, yz, zz, xT, yT, zT)
    for (int i = 0; i < n; ++i) {
      const double d1 = G1 + up[i + 1] - low[i], d2 = G2 + low[i + 1] - up[i];
      const double gx = 0.5 * (d1 + d2), gy = 0.5 * (d1 - d2);
      const double g2 = 0.5 * (d1 * d1 + d2 * d2) + gz2;
      const auto m = modulus(matrix, g2), c = modulus(inclusion, g2);
      const double a = m.a + part[i] * (c.a - m.a), b = m.b + part[i] * (c.b - m.b);
      const double a_T = n_matrix * m.a + part[i] * (n_inclusion * c.a - n_matrix * m.a);
      u_z[i] = 0.5 * b * gz * d1;
      v_z[i] = 0.5 * b * gz * d2;
      u_T[i] = 0.5 * a_T * d1;
      v_T[i] = 0.5 * a_T * d2;
      xx += a + b * gx * gx;
      xy += b * gx * gy;
      yy += a + b * gy * gy;
      xz += b * gx * gz;
      yz += b * gy * gz;
      zz += a + b * gz2;
      xT += a_T * gx;
      yT += a_T * gy;
      zT += a_T * gz;
    }
  }
  couplings.mean = {{{xx, xy, xz, xT}, {xy, yy, yz, yT}, {xz, yz, zz, zT}}};
  for (auto& row : couplings.mean)
    for (auto& value : row) value /= static_cast<double>(n) * n;
}

void gather(const Field<double>& u, const Field<double>& v, Field<double>& to) {
  const int n = to.n();
  for (int j = 0; j < n; ++j) {
    const int below = j == 0 ? n - 1 : j - 1;
    for (int i = 0; i < n; ++i) {
      const int left = i == 0 ? n - 1 : i - 1;
      to.row(j)[i] = u.row(below)[left] - u.row(j)[i] + v.row(j)[left] - v.row(below)[i];
    }
  }
}

}  // namespace bimetal::homogenisation
