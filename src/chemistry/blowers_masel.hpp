#pragma once

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// An activation energy over the gas constant, and its slope by the enthalpy of reaction.
struct Barrier {
  double height;  // [K]
  double slope;   // [1]
};

/// heat: enthalpy of reaction over the gas constant [K]. Blowers & Masel, AIChE J. 46 (2000) 2041: nothing for
/// strongly exothermic reactions, the heat for strongly endothermic ones, and between them
///   (w + H/2) (V - 2 w + H)^2 / (V^2 - 4 w^2 + H^2) with V = 2 w (w + E) / (w - E). Local.
inline Barrier barrier(const BlowersMasel& energy, double heat) {
  const double E = energy.intrinsic;
  const double w = energy.bond_energy;
  if (heat <= -4.0 * E) return {0.0, 0.0};
  if (heat >= 4.0 * E) return {heat, 1.0};
  const double excess = 4.0 * w * E / (w - E);  // V - 2 w, without the cancellation
  const double root = excess + heat;
  const double numerator = (w + 0.5 * heat) * root * root;
  const double denominator = excess * (excess + 4.0 * w) + heat * heat;
  const double numerator_slope = 0.5 * root * root + 2.0 * (w + 0.5 * heat) * root;
  const double height = numerator / denominator;
  return {height, (numerator_slope - 2.0 * heat * height) / denominator};
}

}  // namespace bimetal::chemistry
