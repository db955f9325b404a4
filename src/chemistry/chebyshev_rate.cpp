#include "chemistry/chebyshev_rate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

struct Basis {
  std::array<double, ChebyshevRate::most> value;
  std::array<double, ChebyshevRate::most> slope;
};

/// The first n polynomials and their slopes at x, |x| <= 1.
void fill(Basis& basis, std::size_t n, double x) {
  auto& [value, slope] = basis;
  value[0] = 1.0;
  slope[0] = 0.0;
  if (n == 1) return;
  value[1] = x;
  slope[1] = 1.0;
  for (std::size_t i = 2; i < n; ++i) {
    value[i] = 2.0 * x * value[i - 1] - value[i - 2];
    slope[i] = 2.0 * value[i - 1] + 2.0 * x * slope[i - 1] - slope[i - 2];
  }
}

}  // namespace

ChebyshevRate::ChebyshevRate(const Chebyshev& fit)
    : x_slope_(2.0 / (1.0 / fit.T_max - 1.0 / fit.T_min)),
      x_constant_(-0.5 * x_slope_ * (1.0 / fit.T_max + 1.0 / fit.T_min)),
      y_slope_(2.0 / (std::log(fit.p_max) - std::log(fit.p_min))),
      y_constant_(-0.5 * y_slope_ * (std::log(fit.p_max) + std::log(fit.p_min))),
      n_T_(fit.n_T),
      n_p_(fit.n_p),
      coefficients_(fit.coefficients) {
  EXPECT(n_T_ >= 1 && n_T_ <= most && n_p_ >= 1 && n_p_ <= most && coefficients_.size() == n_T_ * n_p_);
  for (double& coefficient : coefficients_) coefficient *= std::numbers::ln10;
}

LogRate ChebyshevRate::at(double inverse_T, double log_p) const {
  const double x = x_slope_ * inverse_T + x_constant_;
  const double y = y_slope_ * log_p + y_constant_;
  const double x_within = std::clamp(x, -1.0, 1.0);
  const double y_within = std::clamp(y, -1.0, 1.0);
  Basis by_x;
  Basis by_y;
  fill(by_x, n_T_, x_within);
  fill(by_y, n_p_, y_within);
  double value = 0.0;
  double slope_x = 0.0;
  double slope_y = 0.0;
  const double* row = coefficients_.data();
  for (std::size_t t = 0; t < n_T_; ++t, row += n_p_) {
    double sum = 0.0;
    double sum_slope = 0.0;
    for (std::size_t i = 0; i < n_p_; ++i) {
      sum += row[i] * by_y.value[i];
      sum_slope += row[i] * by_y.slope[i];
    }
    const double continued = by_x.value[t] + by_x.slope[t] * (x - x_within);
    value += continued * sum;
    slope_y += continued * sum_slope;
    slope_x += by_x.slope[t] * sum;
  }
  return {value, -slope_x * x_slope_ * inverse_T * inverse_T, y == y_within ? slope_y * y_slope_ : 0.0};
}

double ChebyshevRate::largest(double inverse_T) const {
  // At so many extremal points a polynomial misses at most a few per cent of its range.
  const std::size_t n = 8 * n_p_;
  double result = at(inverse_T, -y_constant_ / y_slope_).value;
  for (std::size_t i = 0; i <= n; ++i) {
    const double y = std::cos(std::numbers::pi * static_cast<double>(i) / static_cast<double>(n));
    result = std::max(result, at(inverse_T, (y - y_constant_) / y_slope_).value);
  }
  return result;
}

}  // namespace bimetal::chemistry
