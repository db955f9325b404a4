#include "conduction/secant.hpp"

#include <cstddef>

namespace bimetal::conduction {

void update_secant(std::span<double> tangent, std::span<const double> change, std::span<const double> scale,
                   double change_of_function, double least_change) {
  double length = 0.0, predicted = 0.0;
  for (std::size_t k = 0; k < change.size(); ++k) {
    length += change[k] / scale[k] * (change[k] / scale[k]);
    predicted += tangent[k] * change[k];
  }
  if (!(length > least_change * least_change)) return;
  const double missing = (change_of_function - predicted) / length;
  for (std::size_t k = 0; k < change.size(); ++k) tangent[k] += missing * change[k] / (scale[k] * scale[k]);
}

}  // namespace bimetal::conduction
