#include "chemistry/falloff.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "chemistry/arrhenius.hpp"
#include "chemistry/exponentials.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

constexpr double per_ln10 = std::numbers::log10e;
// Below this the curve is the low-pressure limit, and F_cent no longer differs from 0: keeps logarithms finite.
constexpr double smallest = 1e-100;
// Stands for a temperature that switches its term off.
constexpr double never = 1e30;  // [K]

/// F_cent = 1 whatever the temperature.
constexpr Troe lindemann{.a = 1.0, .T3 = never, .T1 = never, .T2 = never};

}  // namespace

void FalloffTable::add(const Reaction& reaction) {
  const Troe troe = reaction.troe.value_or(lindemann);
  log_A_ratio_.push_back(log_magnitude(reaction.low_pressure.A) - log_magnitude(reaction.rate.A));
  b_difference_.push_back(reaction.low_pressure.b - reaction.rate.b);
  T_activation_difference_.push_back(reaction.low_pressure.T_activation - reaction.rate.T_activation);
  a_.push_back(troe.a);
  inverse_T3_.push_back(1.0 / troe.T3);
  inverse_T1_.push_back(1.0 / troe.T1);
  T2_.push_back(troe.T2.value_or(never));
  logs_.resize(padded(2 * size()), 1.0);
  broadening_.resize(padded(size()), 0.0);
  for (auto* work : {&pressure_, &centre_, &bell_}) work->resize(size());
}

void FalloffTable::exponents(double T, double log_T, std::span<double> arguments) const {
  EXPECT(arguments.size() == n_exponents());
  const std::size_t n = size();
  const double inverse_T = 1.0 / T;
  double* const __restrict x = arguments.data();
  for (std::size_t j = 0; j < n; ++j) {
    x[j] = log_A_ratio_[j] + b_difference_[j] * log_T - T_activation_difference_[j] * inverse_T;
    x[n + j] = -T * inverse_T3_[j];
    x[2 * n + j] = -T * inverse_T1_[j];
    x[3 * n + j] = -T2_[j] * inverse_T;
  }
}

void FalloffTable::factors(std::span<const double> exponentials, std::span<const double> M, std::span<double> value) {
  EXPECT(exponentials.size() == n_exponents() && M.size() == size() && value.size() == size());
  const std::size_t n = size();
  const double* const e = exponentials.data();
  for (std::size_t j = 0; j < n; ++j) {
    centre_[j] = std::max((1.0 - a_[j]) * e[n + j] + a_[j] * e[2 * n + j] + e[3 * n + j], smallest);
    pressure_[j] = std::max(e[j] * M[j], smallest);
    logs_[j] = centre_[j];
    logs_[n + j] = pressure_[j];
  }
  logarithms(logs_);
  for (std::size_t j = 0; j < n; ++j) {
    const double centre = logs_[j] * per_ln10;
    const double x = logs_[n + j] * per_ln10 - 0.4 - 0.67 * centre;
    const double f = x / (0.75 - 1.27 * centre - 0.14 * x);
    bell_[j] = 1.0 / (1.0 + f * f);
    broadening_[j] = logs_[j] * bell_[j];
  }
  chemistry::exponentials(broadening_);
  for (std::size_t j = 0; j < n; ++j) value[j] = pressure_[j] / (1.0 + pressure_[j]) * broadening_[j];
}

void FalloffTable::derivatives(double T, std::span<const double> exponentials, std::span<double> by_M,
                               std::span<double> by_T) const {
  EXPECT(exponentials.size() == n_exponents() && by_M.size() == size() && by_T.size() == size());
  const std::size_t n = size();
  const double inverse_T = 1.0 / T;
  const double* const e = exponentials.data();
  for (std::size_t j = 0; j < n; ++j) {
    const double centre = logs_[j] * per_ln10;
    const double centre_by_T = (a_[j] - 1.0) * e[n + j] * inverse_T3_[j] - a_[j] * e[2 * n + j] * inverse_T1_[j] +
                               e[3 * n + j] * T2_[j] * inverse_T * inverse_T;
    const double x = logs_[n + j] * per_ln10 - 0.4 - 0.67 * centre;
    const double width = 0.75 - 1.27 * centre;
    const double d = width - 0.14 * x;
    const double by_f = -2.0 * (x / d) * bell_[j] * bell_[j] * centre;  // d log10 F / d f
    const double f_by_centre = (-0.67 * d - x * (-1.27 + 0.14 * 0.67)) / (d * d);
    const double slope_pressure = by_f * width / (d * d);                               // d ln F / d ln Pr
    const double slope_T = (bell_[j] + by_f * f_by_centre) * centre_by_T / centre_[j];  // d ln F / dT at fixed Pr

    const double per_M = e[j] / (1.0 + pressure_[j]) * broadening_[j];  // finite also at M = 0
    const double slope = 1.0 / (1.0 + pressure_[j]) + slope_pressure;   // d ln(factor) / d ln Pr
    const double ratio_T = (b_difference_[j] + T_activation_difference_[j] * inverse_T) * inverse_T;
    by_M[j] = per_M * slope;
    by_T[j] = pressure_[j] / (1.0 + pressure_[j]) * broadening_[j] * (slope * ratio_T + slope_T);
  }
}

}  // namespace bimetal::chemistry
