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
    if (!has_start_) guess_jumps(matrix, inclusion, first, count);
    find_jumps(matrix, inclusion, first, count);
    assemble(first, count);
  }
  has_start_ = true;
}

/// Right if both laws are linear: the moduli are those at the mean gradient.
void LaminateRule::guess_jumps(const LawAt& matrix, const LawAt& inclusion, std::size_t first, std::size_t count) {
  const double *part = pixels_->part.data(), *gn = normal_.data(), *g2 = other2_.data();
  double* jump = jump_.data();
#pragma omp simd
  for (std::size_t k = first; k < first + count; ++k) {
    const double square = gn[k] * gn[k] + g2[k];
    const double m = modulus(matrix, square).a, c = modulus(inclusion, square).a;
    jump[k] = (m - c) / (part[k] * m + (1.0 - part[k]) * c);
  }
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

/// With the jump, and what it gives way when the gradient changes.
struct LaminateRule::State {
  double f, h;               // parts of the inclusion and of the matrix
  double a, b, bx;           // means of moduli, and of b times the gradient across
  double x_m, x_i;           // gradients across the border [K/m]
  double nn;                 // conductivity across it
  double d_across, d_along;  // (ds_i/dg - ds_m/dg) n: across the border, and along it per gradient there
  double give;               // f h over the stiffness of the jump
  double p, q;               // n·(1, 1) and n·(1, -1)
};

[[gnu::always_inline]] inline LaminateRule::State LaminateRule::state(std::size_t k) const {
  const double f = pixels_->part[k], h = 1.0 - f, a_m = a_m_[k], b_m = b_m_[k], a_i = a_i_[k], b_i = b_i_[k];
  const double x_m = normal_[k] * (1.0 - f * jump_[k]), x_i = normal_[k] * (1.0 + h * jump_[k]);
  const double c_m = a_m + b_m * x_m * x_m, c_i = a_i + b_i * x_i * x_i, stiffness = h * c_i + f * c_m;
  const double n_x = pixels_->normal_x[k], n_y = pixels_->normal_y[k];
  return {.f = f,
          .h = h,
          .a = h * a_m + f * a_i,
          .b = h * b_m + f * b_i,
          .bx = h * b_m * x_m + f * b_i * x_i,
          .x_m = x_m,
          .x_i = x_i,
          .nn = c_m * c_i / stiffness,
          .d_across = c_i - c_m,
          .d_along = b_i * x_i - b_m * x_m,
          .give = f * h / stiffness,
          .p = n_x + n_y,
          .q = n_x - n_y};
}

/// The flux, with what the last Newton step would still change, and the tangent with the jump condensed: with
/// D = C_i - C_m, C = (1-f) C_m + f C_i - f (1-f) (D n)(D n)^T/(n·((1-f) C_i + f C_m) n).
void LaminateRule::assemble(std::size_t first, std::size_t count) {
#pragma omp simd
  for (std::size_t k = first; k < first + count; ++k) {
    const State o = state(k);
    const double t = along_[k], late = o.f * o.h * normal_[k] * rest_[k];
    const double secant = o.a + late * o.d_along, s_t = secant * t;
    const double s_n = o.h * a_m_[k] * o.x_m + o.f * a_i_[k] * o.x_i + late * o.d_across;
    const double nt = (o.bx - o.give * o.d_across * o.d_along) * t;
    const double tt = o.a + (o.b - o.give * o.d_along * o.d_along) * t * t;
    fluxes_[k] = {.u = 0.5 * (o.p * s_n + o.q * s_t),
                  .v = 0.5 * (o.q * s_n - o.p * s_t),
                  .z = secant,
                  .A = 0.25 * (o.p * o.p * o.nn + 2.0 * o.p * o.q * nt + o.q * o.q * tt),
                  .B = 0.25 * (o.p * o.q * (o.nn - tt) + (o.q * o.q - o.p * o.p) * nt),
                  .C = 0.25 * (o.q * o.q * o.nn - 2.0 * o.p * o.q * nt + o.p * o.p * tt)};
  }
}

void LaminateRule::couple(const LawAt& matrix, const LawAt& inclusion, double gz) {
  couplings_.resize(size());
  for (std::size_t k = 0; k < size(); ++k) {
    const State o = state(k);
    const double t = along_[k], by_m = matrix.by_T * a_m_[k], by_i = inclusion.by_T * a_i_[k];
    const double nz = (o.bx - o.give * o.d_across * o.d_along) * gz, zz = o.b - o.give * o.d_along * o.d_along;
    const double push = o.give * (by_i * o.x_i - by_m * o.x_m);  // of T on the jump
    const double n_T = o.h * by_m * o.x_m + o.f * by_i * o.x_i - push * o.d_across;
    const double secant_T = o.h * by_m + o.f * by_i - push * o.d_along;
    couplings_[k] = {.u_z = 0.5 * (o.p * nz + o.q * zz * t * gz),
                     .v_z = 0.5 * (o.q * nz - o.p * zz * t * gz),
                     .u_T = 0.5 * (o.p * n_T + o.q * secant_T * t),
                     .v_T = 0.5 * (o.q * n_T - o.p * secant_T * t),
                     .zz = o.a + zz * gz * gz,
                     .zT = secant_T * gz};
  }
}

}  // namespace bimetal::homogenisation
