#pragma once

#include <optional>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// What a falloff reaction multiplies its high-pressure rate by, Pr / (1 + Pr) * F, and its derivatives.
struct FalloffFactor {
  double value = 0.0;
  double by_M = 0.0;  // at fixed T [m^3/kmol]
  double by_T = 0.0;  // at fixed M [1/K]
};

/// The factor at T [K] and third-body concentration M [kmol/m^3]; ratio: k_0 / k_inf at T [m^3/kmol], ratio_T:
/// d ln(ratio) / dT [1/K]. Without Troe parameters F = 1 (Lindemann).
/// Gilbert, Luther & Troe, Ber. Bunsenges. Phys. Chem. 87 (1983) 169, in the form of Kee, Coltrin & Glarborg,
/// Chemically Reacting Flow (2003), eqs. 9.118-9.123. Local.
FalloffFactor falloff_factor(const std::optional<Troe>& troe, double T, double M, double ratio, double ratio_T);

}  // namespace bimetal::chemistry
