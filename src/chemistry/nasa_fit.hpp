#pragma once

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// Standard-state properties of a species, dimensionless.
struct Standard {
  double cp_R = 0.0;  // cp / R
  double h_RT = 0.0;  // h / (R T)
  double s_R = 0.0;   // s / R at standard pressure
};

/// Half the width of the interval around the end of a range in which it and the next are blended [K].
inline constexpr double blend_half_width = 0.5;

/// Evaluates one range of a fit, wherever T [K] lies; log_T: ln T (pass 0 if s_R is not wanted). Local.
Standard evaluate(const FitRange& range, double T, double log_T);

/// Evaluates a fit at T [K]; log_T: ln T (pass 0 if s_R is not wanted). The printed digits of a fit leave steps of
/// about 1e-6 R T in h where two ranges meet, within which no temperature would have a given enthalpy; so the ranges
/// are blended over 1 K there, cp being the slope of the blended h. Beyond its ranges a fit is continued with
/// constant cp, which keeps h monotonic where the polynomials are not to be trusted. Local.
Standard evaluate(const ThermoFit& fit, double T, double log_T);

/// d(cp/R)/dT at T [1/K], without what blending adds. Local.
double cp_R_slope(const ThermoFit& fit, double T);

}  // namespace bimetal::chemistry
