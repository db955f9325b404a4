#pragma once

#include <algorithm>
#include <cmath>

namespace bimetal::core {

/// Whether no number of a range is infinite or not a number.
template <class Range>
bool all_finite(const Range& values) {
  return std::all_of(values.begin(), values.end(), [](auto value) { return std::isfinite(value); });
}

}  // namespace bimetal::core
