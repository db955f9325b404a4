#include "flow/clip.hpp"

#include <algorithm>

namespace bimetal::flow {

double clip_negative(std::span<double> Y) {
  double largest = 0.0, added = 0.0;
  for (double& fraction : Y) {
    if (fraction >= 0.0) continue;
    largest = std::max(largest, -fraction);
    added -= fraction;
    fraction = 0.0;
  }
  if (added > 0.0) *std::ranges::max_element(Y) -= added;
  return largest;
}

}  // namespace bimetal::flow
