#pragma once

#include <algorithm>

namespace bimetal::core {

/// The part of a tolerance that counts as an error in a mass fraction: all of it; but where features resolve less
/// than a tolerance, the fraction itself if that is less, down to a tenth of the resolution. A molecule of OH too
/// many makes one of a fuel's peroxide, which is twelve times as heavy and rare: an error far below the tolerance of
/// the one is a wrong answer of the other a step later. value, resolution, tolerance: parts of the scale; a
/// resolution of 0 is of models that know none. Local.
inline double resolved_part(double value, double resolution, double tolerance) {
  constexpr double finer = 0.1;
  if (!(resolution > 0.0 && resolution < tolerance)) return 1.0;
  return std::clamp(value / tolerance, finer * resolution / tolerance, 1.0);
}

}  // namespace bimetal::core
