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
  const bool activated = reaction.kind == ReactionKind::chemically_activated;
  if (activated || reaction.tsang || reaction.sri)
    amended_.push_back({.row = size(), .activated = activated, .tsang = reaction.tsang, .sri = reaction.sri});
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

void FalloffTable::factors(double T, std::span<const double> exponentials, std::span<const double> M,
                           std::span<double> value) {
  EXPECT(exponentials.size() == n_exponents() && M.size() == size() && value.size() == size());
  const std::size_t n = size();
  const double* const e = exponentials.data();
  for (std::size_t j = 0; j < n; ++j) {
    centre_[j] = std::max((1.0 - a_[j]) * e[n + j] + a_[j] * e[2 * n + j] + e[3 * n + j], smallest);
    pressure_[j] = std::max(e[j] * M[j], smallest);
    logs_[j] = centre_[j];
    logs_[n + j] = pressure_[j];
  }
  for (const auto& one : amended_)
    if (one.tsang) logs_[one.row] = centre_[one.row] = std::max(one.tsang->a + one.tsang->b * T, smallest);
  logarithms(logs_);
  for (std::size_t j = 0; j < n; ++j) {
    const double centre = logs_[j] * per_ln10;
    const double x = logs_[n + j] * per_ln10 - 0.4 - 0.67 * centre;
    const double f = x / (0.75 - 1.27 * centre - 0.14 * x);
    bell_[j] = 1.0 / (1.0 + f * f);
    broadening_[j] = logs_[j] * bell_[j];
  }
  for (auto& one : amended_)
    if (one.sri) broaden(one, T);
  chemistry::exponentials(broadening_);
  for (std::size_t j = 0; j < n; ++j) value[j] = pressure_[j] / (1.0 + pressure_[j]) * broadening_[j];
  for (const auto& one : amended_)
    if (one.activated) value[one.row] = broadening_[one.row] / (1.0 + pressure_[one.row]);
}

/// Puts ln F of an SRI curve in the place of Troe's.
void FalloffTable::broaden(Amended& amended, double T) {
  const auto& [a, b, c, d, e] = *amended.sri;
  const double rise = a * std::exp(-b / T);
  const double decay = c > 0.0 ? std::exp(-T / c) : 0.0;
  const double decay_by_T = c > 0.0 ? -decay / c : 0.0;
  const double base = std::max(rise + decay, smallest);
  const double log10_Pr = logs_[size() + amended.row] * per_ln10;
  amended.log_base = std::log(base);
  amended.log_base_by_T = base > smallest ? (rise * b / (T * T) + decay_by_T) / base : 0.0;
  amended.exponent = 1.0 / (1.0 + log10_Pr * log10_Pr);
  broadening_[amended.row] = std::log(d) + e * std::log(T) + amended.exponent * amended.log_base;
}

/// From logarithms to the base of 10; bell: 1 / (1 + f^2).
inline FalloffTable::Slopes FalloffTable::troe_slopes(double log_centre, double log_Pr, double bell,
                                                      double log_centre_by_T) {
  const double x = log_Pr - 0.4 - 0.67 * log_centre;
  const double width = 0.75 - 1.27 * log_centre;
  const double d = width - 0.14 * x;
  const double by_f = -2.0 * (x / d) * bell * bell * log_centre;  // d log10 F / d f
  const double f_by_centre = (-0.67 * d - x * (-1.27 + 0.14 * 0.67)) / (d * d);
  return {by_f * width / (d * d), (bell + by_f * f_by_centre) * log_centre_by_T};
}

void FalloffTable::derivatives(double T, std::span<const double> exponentials, std::span<double> by_M,
                               std::span<double> by_T) const {
  EXPECT(exponentials.size() == n_exponents() && by_M.size() == size() && by_T.size() == size());
  const std::size_t n = size();
  const double inverse_T = 1.0 / T;
  const double* const e = exponentials.data();
  for (std::size_t j = 0; j < n; ++j) {
    const double centre_by_T = (a_[j] - 1.0) * e[n + j] * inverse_T3_[j] - a_[j] * e[2 * n + j] * inverse_T1_[j] +
                               e[3 * n + j] * T2_[j] * inverse_T * inverse_T;
    const Slopes F = troe_slopes(logs_[j] * per_ln10, logs_[n + j] * per_ln10, bell_[j], centre_by_T / centre_[j]);
    const double per_M = e[j] / (1.0 + pressure_[j]) * broadening_[j];  // finite also at M = 0
    const double slope = 1.0 / (1.0 + pressure_[j]) + F.by_log_Pr;      // d ln(factor) / d ln Pr
    const double ratio_T = (b_difference_[j] + T_activation_difference_[j] * inverse_T) * inverse_T;
    by_M[j] = per_M * slope;
    by_T[j] = pressure_[j] / (1.0 + pressure_[j]) * broadening_[j] * (slope * ratio_T + F.by_T);
  }
  for (const auto& one : amended_) {
    const std::size_t j = one.row;
    const Slopes F = slopes_of(one, T, exponentials);
    const double share = 1.0 / (1.0 + pressure_[j]);
    const double ratio_T = (b_difference_[j] + T_activation_difference_[j] * inverse_T) * inverse_T;
    // d ln(factor) / d Pr, in which a broadening at no pressure at all does not count.
    const double by_log_Pr = pressure_[j] > smallest ? F.by_log_Pr : 0.0;
    const double by_Pr = (by_log_Pr + (one.activated ? 0.0 : share)) / pressure_[j] - (one.activated ? share : 0.0);
    const double factor = broadening_[j] * (one.activated ? share : pressure_[j] * share);
    by_M[j] = factor * by_Pr * e[j];
    by_T[j] = factor * (by_Pr * pressure_[j] * ratio_T + F.by_T);
  }
}

/// Gives the slopes of a row that is chemically activated, or broadened in another way than Troe's.
FalloffTable::Slopes FalloffTable::slopes_of(const Amended& amended, double T,
                                             std::span<const double> exponentials) const {
  const std::size_t n = size();
  const std::size_t j = amended.row;
  const double log_Pr = logs_[n + j] * per_ln10;
  if (amended.sri)
    return {-2.0 * log_Pr * per_ln10 * amended.exponent * amended.exponent * amended.log_base,
            amended.sri->e / T + amended.exponent * amended.log_base_by_T};
  const double* const e = exponentials.data();
  double centre_by_T = (a_[j] - 1.0) * e[n + j] * inverse_T3_[j] - a_[j] * e[2 * n + j] * inverse_T1_[j] +
                       e[3 * n + j] * T2_[j] / (T * T);
  if (amended.tsang) centre_by_T = centre_[j] > smallest ? amended.tsang->b : 0.0;
  return troe_slopes(logs_[j] * per_ln10, log_Pr, bell_[j], centre_by_T / centre_[j]);
}

}  // namespace bimetal::chemistry
