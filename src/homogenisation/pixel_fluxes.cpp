#include "homogenisation/pixel_fluxes.hpp"

#include <utility>

#include "homogenisation/law_at.hpp"

namespace bimetal::homogenisation {
namespace {

void add(LaminateRule::Flux& sum, const LaminateRule::Flux& other) {
  sum.u += other.u, sum.v += other.v, sum.z += other.z, sum.A += other.A, sum.B += other.B, sum.C += other.C;
}

}  // namespace

PixelFluxes::PixelFluxes(int n, const PhaseLaw& matrix, const PhaseLaw& inclusion)
    : matrix_(matrix),
      inclusion_(inclusion),
      matrix_at_(matrix, 300.0),
      inclusion_at_(inclusion, 300.0),
      matrix_part_(n),
      inclusion_part_(n),
      flux_(n) {}

void PixelFluxes::begin(const CellQuestion& question) {
  question_ = question;
  matrix_at_ = LawAt(matrix_, question.T);
  inclusion_at_ = LawAt(inclusion_, question.T);
  mixed_.begin(question.mixed);
  const int n = question.part->n();
  for (int j = 0; j < n; ++j) {
    const double* part = question.part->row(j);
    double *of_matrix = matrix_part_.row(j), *of_inclusion = inclusion_part_.row(j);
#pragma omp simd
    for (int i = 0; i < n; ++i) {
      of_matrix[i] = 1.0 - part[i];
      of_inclusion[i] = part[i];
    }
  }
  for (std::size_t k = 0; k < mixed_.size(); ++k)
    for (auto* field : {&matrix_part_, &inclusion_part_})
      field->row(mixed_.pixels().row[k])[mixed_.pixels().column[k]] = 0.0;
}

double PixelFluxes::uniform_conductivity() const {
  const auto& G = question_.gradient;
  const double in_plane = G[0] * G[0] + G[1] * G[1], g2 = in_plane + G[2] * G[2];
  const auto m = modulus(matrix_at_, g2), c = modulus(inclusion_at_, g2);
  const int n = question_.part->n();
  double part = 0.0;
  for (int j = 0; j < n; ++j) {
    const double* row = question_.part->row(j);
#pragma omp simd reduction(+ : part)
    for (int i = 0; i < n; ++i) part += row[i];
  }
  part /= static_cast<double>(n) * n;
  return m.a + part * (c.a - m.a) + 0.5 * in_plane * (m.b + part * (c.b - m.b));
}

CellMeans PixelFluxes::evaluate(const Field<double>& w, double scale, Field<double>& residual,
                                DiagonalConductivity& conductivity) {
  const int n = w.n();
  mixed_.evaluate(matrix_at_, inclusion_at_, question_.gradient, w);
  double *u_below = flux_.row(0) + 1, *v_below = flux_.row(1) + 1;
  double *u = flux_.row(2) + 1, *v = flux_.row(3) + 1;
  LaminateRule::Flux sums{};
  for (int j = -1; j < n; ++j) {
    const int here = j < 0 ? n - 1 : j;
    LaminateRule::Flux row = evaluate_row(here, w, scale, u, v, conductivity);
    if (mixed_.size() > 0) add_mixed(here, scale, u, v, conductivity, row);
    u[-1] = u[n - 1];
    v[-1] = v[n - 1];
    if (j >= 0) {
      add(sums, row);
      double* out = residual.row(j);
#pragma omp simd
      for (int i = 0; i < n; ++i) out[i] = u_below[i - 1] - u[i] + v[i - 1] - v_below[i];
      if (question_.source != nullptr)
        for (int i = 0; i < n; ++i) out[i] -= question_.source->row(j)[i];
    }
    std::swap(u, u_below);
    std::swap(v, v_below);
  }
  const double mean = 1.0 / (static_cast<double>(n) * n), gz = question_.gradient[2];
  return {.s = {mean * (sums.u + sums.v), mean * (sums.u - sums.v), mean * gz * sums.z},
          .C = {mean * (sums.A + 2.0 * sums.B + sums.C), mean * (sums.A - sums.C),
                mean * (sums.A - 2.0 * sums.B + sums.C)}};
}

/// u, v: [n] out, fluxes along the diagonals of the pixels of row j; 0 of mixed ones.
LaminateRule::Flux PixelFluxes::evaluate_row(int j, const Field<double>& w, double scale, double* u, double* v,
                                             DiagonalConductivity& conductivity) const {
  const int n = w.n();
  const LawAt matrix = matrix_at_, inclusion = inclusion_at_;
  const auto& G = question_.gradient;
  const double G1 = G[0] + G[1], G2 = G[0] - G[1], gz2 = G[2] * G[2];
  const double *low = w.row(j), *up = w.row(j + 1 == n ? 0 : j + 1), *of_matrix = matrix_part_.row(j),
               *of_inclusion = inclusion_part_.row(j);
  float *A = conductivity.A.row(j), *B = conductivity.B.row(j), *C = conductivity.C.row(j);
  double sum_u = 0.0, sum_v = 0.0, sum_a = 0.0, sum_A = 0.0, sum_B = 0.0, sum_C = 0.0;
#pragma omp simd reduction(+ : sum_u, sum_v, sum_a, sum_A, sum_B, sum_C)
  for (int i = 0; i < n; ++i) {
    const double d1 = G1 + up[i + 1] - low[i], d2 = G2 + low[i + 1] - up[i];  // g_x + g_y, g_x - g_y
    const double g2 = 0.5 * (d1 * d1 + d2 * d2) + gz2;
    const auto m = modulus(matrix, g2), c = modulus(inclusion, g2);
    const double a = of_matrix[i] * m.a + of_inclusion[i] * c.a, b = of_matrix[i] * m.b + of_inclusion[i] * c.b;
    u[i] = 0.5 * a * d1;
    v[i] = 0.5 * a * d2;
    const double A_i = 0.5 * a + 0.25 * b * d1 * d1, B_i = 0.25 * b * d1 * d2, C_i = 0.5 * a + 0.25 * b * d2 * d2;
    A[i] = static_cast<float>(scale * A_i);
    B[i] = static_cast<float>(scale * B_i);
    C[i] = static_cast<float>(scale * C_i);
    sum_u += u[i];
    sum_v += v[i];
    sum_a += a;
    sum_A += A_i;
    sum_B += B_i;
    sum_C += C_i;
  }
  return {sum_u, sum_v, sum_a, sum_A, sum_B, sum_C};
}

void PixelFluxes::add_mixed(int j, double scale, double* u, double* v, DiagonalConductivity& conductivity,
                            LaminateRule::Flux& sums) const {
  float *A = conductivity.A.row(j), *B = conductivity.B.row(j), *C = conductivity.C.row(j);
  const auto& pixels = mixed_.pixels();
  const auto row = static_cast<std::size_t>(j);
  for (std::size_t k = pixels.first[row]; k < pixels.first[row + 1]; ++k) {
    const auto& flux = mixed_.fluxes()[k];
    const int i = pixels.column[k];
    u[i] = flux.u;
    v[i] = flux.v;
    A[i] = static_cast<float>(scale * flux.A);
    B[i] = static_cast<float>(scale * flux.B);
    C[i] = static_cast<float>(scale * flux.C);
    add(sums, flux);
  }
}

void PixelFluxes::couple(const Field<double>& w, Couplings& couplings) {
  const int n = w.n();
  mixed_.couple(matrix_at_, inclusion_at_, question_.gradient[2]);
  couplings.mean = {};
  for (int j = 0; j < n; ++j) {
    couple_row(j, w, couplings);
    if (mixed_.size() > 0) add_mixed(j, couplings);
  }
  auto& mean = couplings.mean;
  mean[1][0] = mean[0][1], mean[2][0] = mean[0][2], mean[2][1] = mean[1][2];
  for (auto& row : mean)
    for (auto& value : row) value /= static_cast<double>(n) * n;
}

/// Adds to the mean, without its lower triangle.
void PixelFluxes::couple_row(int j, const Field<double>& w, Couplings& couplings) const {
  const int n = w.n();
  const LawAt matrix = matrix_at_, inclusion = inclusion_at_;
  const auto& G = question_.gradient;
  const double G1 = G[0] + G[1], G2 = G[0] - G[1], gz = G[2], gz2 = gz * gz;
  double xx = 0.0, xy = 0.0, yy = 0.0, xz = 0.0, yz = 0.0, zz = 0.0, xT = 0.0, yT = 0.0, zT = 0.0;
  const double *low = w.row(j), *up = w.row(j + 1 == n ? 0 : j + 1), *of_matrix = matrix_part_.row(j),
               *of_inclusion = inclusion_part_.row(j);
  double *u_z = couplings.u_z.row(j), *v_z = couplings.v_z.row(j);
  double *u_T = couplings.u_T.row(j), *v_T = couplings.v_T.row(j);
#pragma omp simd reduction(+ : xx, xy, yy, xz, yz, zz, xT, yT, zT)
  for (int i = 0; i < n; ++i) {
    const double d1 = G1 + up[i + 1] - low[i], d2 = G2 + low[i + 1] - up[i];
    const double gx = 0.5 * (d1 + d2), gy = 0.5 * (d1 - d2);
    const double g2 = 0.5 * (d1 * d1 + d2 * d2) + gz2;
    const auto m = modulus(matrix, g2), c = modulus(inclusion, g2);
    const double a = of_matrix[i] * m.a + of_inclusion[i] * c.a, b = of_matrix[i] * m.b + of_inclusion[i] * c.b;
    const double a_T = of_matrix[i] * matrix.by_T * m.a + of_inclusion[i] * inclusion.by_T * c.a;
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
  auto& mean = couplings.mean;
  mean[0][0] += xx, mean[0][1] += xy, mean[0][2] += xz, mean[0][3] += xT;
  mean[1][1] += yy, mean[1][2] += yz, mean[1][3] += yT;
  mean[2][2] += zz, mean[2][3] += zT;
}
void PixelFluxes::add_mixed(int j, Couplings& couplings) const {
  const auto& pixels = mixed_.pixels();
  const auto row = static_cast<std::size_t>(j);
  auto& mean = couplings.mean;
  for (std::size_t k = pixels.first[row]; k < pixels.first[row + 1]; ++k) {
    const auto& flux = mixed_.fluxes()[k];
    const auto& more = mixed_.couplings()[k];
    const int i = pixels.column[k];
    couplings.u_z.row(j)[i] = more.u_z;
    couplings.v_z.row(j)[i] = more.v_z;
    couplings.u_T.row(j)[i] = more.u_T;
    couplings.v_T.row(j)[i] = more.v_T;
    mean[0][0] += flux.A + 2.0 * flux.B + flux.C;
    mean[0][1] += flux.A - flux.C;
    mean[0][2] += more.u_z + more.v_z;
    mean[0][3] += more.u_T + more.v_T;
    mean[1][1] += flux.A - 2.0 * flux.B + flux.C;
    mean[1][2] += more.u_z - more.v_z;
    mean[1][3] += more.u_T - more.v_T;
    mean[2][2] += more.zz;
    mean[2][3] += more.zT;
  }
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
