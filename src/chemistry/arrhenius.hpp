#pragma once

#include <cmath>

namespace bimetal::chemistry {

/// ln |A| of a pre-exponential factor; for none a number so low that its exponential is 0 whatever is added.
inline double log_magnitude(double A) { return A == 0.0 ? -1e4 : std::log(std::abs(A)); }

}  // namespace bimetal::chemistry
