#pragma once

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// Standard-state properties of a species, dimensionless.
struct Standard {
  double cp_R = 0.0;  // cp / R
  double h_RT = 0.0;  // h / (R T)
  double s_R = 0.0;   // s / R at standard pressure
};

/// Half the width of the interval around T_mid in which the two ranges of a fit are blended [K].
inline constexpr double blend_half_width = 0.5;

/// Evaluates a fit at T [K]; log_T: ln T (pass 0 if s_R is not wanted). The printed digits of a fit leave steps of
/// about 1e-6 R T_mid in h at T_mid, within which no temperature would have a given enthalpy; so the ranges are
/// blended over 1 K there, cp being the slope of the blended h. Beyond its range a fit is continued with constant cp,
/// which keeps h monotonic where the polynomials are not to be trusted. Local.
Standard evaluate(const Nasa7& fit, double T, double log_T);

/// d(cp/R)/dT at T [1/K], without what blending adds. Local.
double cp_R_slope(const Nasa7& fit, double T);

}  // namespace bimetal::chemistry
