#include "chemistry/fit_check.hpp"

#include <algorithm>
#include <cmath>

#include "chemistry/nasa_fit.hpp"

namespace bimetal::chemistry {
namespace {

// Where a flow or an ignition may need a fit [K].
constexpr double T_lowest = 200.0;
constexpr double T_highest = 3500.0;

void check_ranges(const YamlValue& where, const ThermoFit& fit) {
  constexpr double narrowest = 10.0;        // [K]
  constexpr double warmest_start = 1000.0;  // [K]
  constexpr double coldest_end = 500.0;     // [K]
  if (!(fit.T_min() > 0.0)) where.fail("temperature-ranges must be positive");
  for (std::size_t i = 0; i + 1 < fit.T.size(); ++i)
    if (fit.T[i + 1] - fit.T[i] < narrowest)
      where.fail("temperature-ranges must increase by {} K or more", narrowest);
  if (fit.T_min() > warmest_start || fit.T_max() < coldest_end)
    where.fail("a fit from {} to {} K is of no use in a flame; check temperature-ranges", fit.T_min(), fit.T_max());
}

/// The step of the enthalpy between two ranges. Blending spreads it over 1 K: downwards no more than 2/3 K keeps the
/// enthalpy monotonic, so a step beyond half a kelvin is taken out. Excited OH and CH of public mechanisms have steps
/// of 9.87 and 39.9 K; made continuous, mechanisms with such steps in minor species change their ignition delays by
/// 0.25 % at most. One of 189 K in HO2 changed them by 6 %, so either reading of it would be a guess.
std::optional<MendedFit::Seam> close_seam(const YamlValue& where, ThermoFit& fit, std::size_t lower) {
  constexpr double unnoticed = 0.5;  // [K]
  constexpr double gross = 100.0;    // [K]
  const double T = fit.T[lower + 1];
  const Standard low = evaluate(fit.ranges[lower], T, 0.0);
  auto& upper = fit.ranges[lower + 1];
  const Standard high = evaluate(upper, T, 0.0);
  const double gap = (high.h_RT - low.h_RT) * T;  // over R [K]
  const double step = gap / (0.5 * (low.cp_R + high.cp_R));
  if (std::abs(step) <= unnoticed) return std::nullopt;
  if (!(std::abs(step) <= gross))
    where.fail(
        "the enthalpies of its ranges differ by {:.3g} K at {:.6g} K, and either may be meant; correct the "
        "coefficients",
        step, T);
  upper.a[5] -= gap;
  return MendedFit::Seam{T, step};
}

void check_values(const YamlValue& where, const ThermoFit& fit, double T) {
  constexpr double largest = 1e12;  // h / (R T) and s / R; soot particles of 1e9 atoms stay below
  const Standard at = evaluate(fit, T, std::log(T));
  if (!(std::abs(at.cp_R) <= largest && std::abs(at.h_RT) <= largest && std::abs(at.s_R) <= largest))
    where.fail("its enthalpy or entropy at {:.6g} K is out of bounds; check the coefficients", T);
}

void end_at(ThermoFit& fit, double T) {
  while (fit.ranges.size() > 1 && fit.T[fit.T.size() - 2] >= T) {
    fit.T.pop_back();
    fit.ranges.pop_back();
  }
  fit.T.back() = T;
}

void begin_at(ThermoFit& fit, double T) {
  while (fit.ranges.size() > 1 && fit.T[1] <= T) {
    fit.T.erase(fit.T.begin());
    fit.ranges.erase(fit.ranges.begin());
  }
  fit.T.front() = T;
}

/// Temperatures over all ranges, ascending, with both sides of every blend.
std::vector<double> samples_of(const ThermoFit& fit) {
  constexpr int n_samples = 32;  // of each range
  std::vector<double> samples;
  for (std::size_t i = 0; i < fit.ranges.size(); ++i) {
    const double from = fit.T[i] + (i > 0 ? blend_half_width : 0.0);
    const double to = fit.T[i + 1] - (i + 1 < fit.ranges.size() ? blend_half_width : 0.0);
    for (int s = 0; s <= n_samples; ++s) samples.push_back(from + (to - from) * s / n_samples);
  }
  return samples;
}

}  // namespace

MendedFit mend_fit(const YamlValue& where, ThermoFit& fit) {
  check_ranges(where, fit);
  const auto samples = samples_of(fit);
  for (double T : samples) check_values(where, fit, T);

  double T_begin = fit.T_min();
  double T_end = fit.T_max();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double T = samples[i];
    if (evaluate(fit, T, 0.0).cp_R > 0.0) continue;
    if (T >= T_lowest && T <= T_highest)
      where.fail("the heat capacity at {:.6g} K is not positive; check the coefficients", T);
    if (T < T_lowest) T_begin = samples[i + 1];
    if (T > T_highest) {
      T_end = samples[i - 1];
      break;
    }
  }
  MendedFit mended;
  if (T_begin != fit.T_min()) begin_at(fit, *(mended.T_begin = T_begin));
  if (T_end != fit.T_max()) end_at(fit, *(mended.T_end = T_end));
  for (std::size_t i = 0; i + 1 < fit.ranges.size(); ++i)
    if (const auto seam = close_seam(where, fit, i)) mended.seams.push_back(*seam);
  return mended;
}

}  // namespace bimetal::chemistry
