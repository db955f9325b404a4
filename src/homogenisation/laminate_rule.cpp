#include "homogenisation/laminate_rule.hpp"

#include <algorithm>
#include <cmath>

namespace bimetal::homogenisation {
namespace {

constexpr std::size_t chunk = 16;      // pixels solved together, until the last one of them is done
constexpr double close_enough = 1e-7;  // of a jump, relative; the flux is right to second order in it
constexpr int max_iterations = 200;

}  // namespace

void LaminateRule::begin(const MixedPixels* pixels) {
  pixels_ = pixels;
  has_start_ = false;
  for (auto* values : {&normal_, &along_, &other2_, &jump_, &rest_, &a_m_, &b_m_, &a_i_, &b_i_})
    values->resize(size());
  fluxes_.resize(size());
}

void LaminateRule::evaluate(const LawAt& matrix, const LawAt& inclusion, const std::array<double, 3>& G,
                            const Field<double>& w) {
  const int n = w.n();
  const double gz2 = G[2] * G[2];
  for (std::size_t k = 0; k < size(); ++k) {
    const int j = pixels_->row[k], i = pixels_->column[k];
    const double *low = w.row(j), *up = w.row(j + 1 == n ? 0 : j + 1);
    const double d1 = up[i + 1] - low[i], d2 = low[i + 1] - up[i];
    const double gx = G[0] + 0.5 * (d1 + d2), gy = G[1] + 0.5 * (d1 - d2);
    const double nx = pixels_->normal_x[k], ny = pixels_->normal_y[k];
    normal_[k] = nx * gx + ny * gy;
    along_[k] = nx * gy - ny * gx;
    other2_[k] = along_[k] * along_[k] + gz2;
  }
  for (std::size_t first = 0; first < size(); first += chunk) {
    const std::size_t count = std::min(chunk, size() - first);
    find_jumps(matrix, inclusion, first, count);
    assemble(first, count);
  }
  has_start_ = true;
}

/// Newton's method, held in a bracket, for e at which a_i (1 + (1-f) e) = a_m (1 - f e), the moduli a of either phase
/// at its own gradient. The bracket is where neither phase's normal gradient has turned around.
void LaminateRule::find_jumps(const LawAt& matrix, const LawAt& inclusion, std::size_t first, std::size_t count) {
  const double *part = pixels_->part.data() + first, *gn = normal_.data() + first, *g2 = other2_.data() + first;
  double *jump = jump_.data() + first, *rest = rest_.data() + first;
  double *a_m = a_m_.data() + first, *b_m = b_m_.data() + first, *a_i = a_i_.data() + first,
         *b_i = b_i_.data() + first;
  std::array<double, chunk> low{}, high{};
#pragma omp simd
  for (std::size_t k = 0; k < count; ++k) {
    low[k] = -1.0 / (1.0 - part[k]);
    high[k] = 1.0 / part[k];
  }
  if (!has_start_) {
#pragma omp simd
    for (std::size_t k = 0; k < count; ++k) {
      const double square = gn[k] * gn[k] + g2[k];
      const double m = modulus(matrix, square).a, c = modulus(inclusion, square).a;
      jump[k] = (m - c) / (part[k] * m + (1.0 - part[k]) * c);
    }
  }
  for (int iteration = 0; iteration < max_iterations; ++iteration) {
    double largest = 0.0;
#pragma omp simd reduction(max : largest)
    for (std::size_t k = 0; k < count; ++k) {
      const double f = part[k], e = jump[k], in_m = 1.0 - f * e, in_i = 1.0 + (1.0 - f) * e;
      const double x_m = gn[k] * in_m, x_i = gn[k] * in_i;
      const auto m = modulus(matrix, x_m * x_m + g2[k]), c = modulus(inclusion, x_i * x_i + g2[k]);
      a_m[k] = m.a, b_m[k] = m.b, a_i[k] = c.a, b_i[k] = c.b;
      const double value = c.a * in_i - m.a * in_m;
      const double slope = (1.0 - f) * (c.a + c.b * x_i * x_i) + f * (m.a + m.b * x_m * x_m);
      const double step = -value / slope;
      const double size = std::max(std::abs(step) * f / in_m, std::abs(step) * (1.0 - f) / in_i);
      low[k] = value < 0.0 ? e : low[k];
      high[k] = value < 0.0 ? high[k] : e;
      const double full = e + step, half = 0.5 * (low[k] + high[k]);
      const double next = full > low[k] && full < high[k] ? full : half;
      jump[k] = size <= close_enough ? e : next;
      rest[k] = step;
      largest = std::max(largest, size);
    }
    if (largest <= close_enough) break;
  }
}

/// The flux across the border, and the tangent with the jump condensed.
void LaminateRule::assemble(std::size_t first, std::size_t count) {
  for (std::size_t k = first; k < first + count; ++k) {
    const double f = pixels_->part[k], h = 1.0 - f, gn = normal_[k], gt = along_[k], e = jump_[k];
    const double x_m = gn * (1.0 - f * e), x_i = gn * (1.0 + h * e);
    const double a = h * a_m_[k] + f * a_i_[k], b = h * b_m_[k] + f * b_i_[k];
    const double c_m = a_m_[k] + b_m_[k] * x_m * x_m, c_i = a_i_[k] + b_i_[k] * x_i * x_i;
    // (ds_i/dg - ds_m/dg) n: across the border, and along it per gradient there.
    const double across = c_i - c_m, along = b_i_[k] * x_i - b_m_[k] * x_m;
    const double late = f * h * gn * rest_[k], give = f * h / (h * c_i + f * c_m);
    const double s_n = h * a_m_[k] * x_m + f * a_i_[k] * x_i + late * across, secant = a + late * along;
    const double mixed = h * b_m_[k] * x_m + f * b_i_[k] * x_i;
    const double nn = c_m * c_i / (h * c_i + f * c_m), nt = (mixed - give * across * along) * gt;
    const double tt = a + (b - give * along * along) * gt * gt;
    const double nx = pixels_->normal_x[k], ny = pixels_->normal_y[k], p = nx + ny, q = nx - ny;
    fluxes_[k] = {.u = 0.5 * (p * s_n + q * secant * gt),
                  .v = 0.5 * (q * s_n - p * secant * gt),
                  .z = secant,
                  .A = 0.25 * (p * p * nn + 2.0 * p * q * nt + q * q * tt),
                  .B = 0.25 * (p * q * (nn - tt) + (q * q - p * p) * nt),
                  .C = 0.25 * (q * q * nn - 2.0 * p * q * nt + p * p * tt)};
  }
}

void LaminateRule::couple(const LawAt& matrix, const LawAt& inclusion, double gz) {
  couplings_.resize(size());
  for (std::size_t k = 0; k < size(); ++k) {
    const double f = pixels_->part[k], h = 1.0 - f, gn = normal_[k], gt = along_[k], e = jump_[k];
    const double x_m = gn * (1.0 - f * e), x_i = gn * (1.0 + h * e);
    const double a = h * a_m_[k] + f * a_i_[k], b = h * b_m_[k] + f * b_i_[k];
    const double c_m = a_m_[k] + b_m_[k] * x_m * x_m, c_i = a_i_[k] + b_i_[k] * x_i * x_i;
    const double across = c_i - c_m, along = b_i_[k] * x_i - b_m_[k] * x_m;
    const double give = f * h / (h * c_i + f * c_m);
    const double mixed = h * b_m_[k] * x_m + f * b_i_[k] * x_i;
    const double nz = (mixed - give * across * along) * gz, rest = b - give * along * along, tz = rest * gt * gz;
    const double m_T = matrix.by_T * a_m_[k], i_T = inclusion.by_T * a_i_[k];
    const double a_T = h * m_T + f * i_T, jump_T = i_T * x_i - m_T * x_m;
    const double nT = h * m_T * x_m + f * i_T * x_i - give * across * jump_T;
    const double along_T = a_T - give * along * jump_T;
    const double nx = pixels_->normal_x[k], ny = pixels_->normal_y[k], p = nx + ny, q = nx - ny;
    couplings_[k] = {.u_z = 0.5 * (p * nz + q * tz),
                     .v_z = 0.5 * (q * nz - p * tz),
                     .u_T = 0.5 * (p * nT + q * along_T * gt),
                     .v_T = 0.5 * (q * nT - p * along_T * gt),
                     .zz = a + rest * gz * gz,
                     .zT = along_T * gz};
  }
}

}  // namespace bimetal::homogenisation
