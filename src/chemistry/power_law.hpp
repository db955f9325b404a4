#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace bimetal::chemistry {

/// A concentration to a power in a rate law. A negative concentration, which an integrator may try, counts as none.
///
/// Powers below 1 have no finite slope at zero, and negative ones no finite value. Below `floor` they are therefore
/// replaced by the straight line to zero, so that a reaction ends when its reactant does, whatever the power; or, if
/// `held`, by their value at the floor, which is for negative powers of species that are not consumed.
struct PowerLaw {
  std::uint32_t species;
  double coefficient;  // the exponent
  double floor;        // [kmol/m^3]
  bool held = false;

  double value(double C) const {
    if (coefficient >= 1.0) return std::pow(std::max(C, 0.0), coefficient);
    if (C >= floor) return std::pow(C, coefficient);
    return held ? std::pow(floor, coefficient) : std::max(C, 0.0) * std::pow(floor, coefficient - 1.0);
  }

  double slope(double C) const {
    if (coefficient >= 1.0 || C > floor) return coefficient * std::pow(std::max(C, floor), coefficient - 1.0);
    return held ? 0.0 : std::pow(floor, coefficient - 1.0);
  }
};

}  // namespace bimetal::chemistry
