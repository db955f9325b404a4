#include "chemistry/fit_check.hpp"

#include <algorithm>
#include <cmath>

#include "chemistry/nasa7.hpp"

namespace bimetal::chemistry {
namespace {

void check_ranges(const YamlValue& where, const Nasa7& fit) {
  constexpr double narrowest = 10.0;        // [K]
  constexpr double warmest_start = 1000.0;  // [K]
  constexpr double coldest_end = 500.0;     // [K]
  if (!(fit.T_min > 0.0)) where.fail("temperature-ranges must be positive");
  const bool two = fit.T_mid != fit.T_max;
  if (fit.T_mid - fit.T_min < narrowest || (two && fit.T_max - fit.T_mid < narrowest))
    where.fail("temperature-ranges must increase by {} K or more", narrowest);
  if (fit.T_min > warmest_start || fit.T_max < coldest_end)
    where.fail("a fit from {} to {} K is of no use in a flame; check temperature-ranges", fit.T_min, fit.T_max);
}

void check_values(const YamlValue& where, const Nasa7& fit, double T) {
  constexpr double largest = 1e12;  // h / (R T) and s / R; soot particles of 1e9 atoms stay below
  const Standard at = evaluate(fit, T, std::log(T));
  if (!(at.cp_R > 0.0)) where.fail("the heat capacity at {:.6g} K is not positive; check the coefficients", T);
  if (!(at.cp_R <= largest && std::abs(at.h_RT) <= largest && std::abs(at.s_R) <= largest))
    where.fail("its enthalpy or entropy at {:.6g} K is out of bounds; check the coefficients", T);
}

/// The step of the enthalpy between the two ranges, in kelvins of the species' own heat capacity. Blending spreads
/// it over 1 K: downwards no more than 2/3 K keeps the enthalpy monotonic, upwards it is a matter of sense.
void check_seam(const YamlValue& where, const Nasa7& fit) {
  constexpr double largest_drop = 0.6;   // [K]
  constexpr double largest_rise = 10.0;  // [K]
  const double below = fit.T_mid - blend_half_width;
  const double above = fit.T_mid + blend_half_width;
  const Standard low = evaluate(fit, below, 0.0);
  const Standard high = evaluate(fit, above, 0.0);
  const double cp_R = 0.5 * (low.cp_R + high.cp_R);
  const double step = (high.h_RT * above - low.h_RT * below) / cp_R - 2.0 * blend_half_width;
  if (!(step > -largest_drop && step < largest_rise))
    where.fail("the enthalpies of its two ranges differ by {:.3g} K at {:.6g} K; check the coefficients", step,
               fit.T_mid);
}

}  // namespace

void check_fit(const YamlValue& where, const Nasa7& fit) {
  constexpr int n_samples = 32;  // of each range
  check_ranges(where, fit);
  const double T_high = std::min(fit.T_mid + blend_half_width, fit.T_max);
  for (int i = 0; i <= n_samples; ++i) {
    const double x = static_cast<double>(i) / n_samples;
    check_values(where, fit, fit.T_min + x * (fit.T_mid - blend_half_width - fit.T_min));
    check_values(where, fit, T_high + x * (fit.T_max - T_high));
  }
  if (fit.T_mid < fit.T_max) check_seam(where, fit);
}

}  // namespace bimetal::chemistry
