#pragma once

#include <span>

#include "conduction/flux_rows.hpp"

namespace bimetal::conduction {

/// Who knows how a flux depends on the state of its face.
class TangentSource {
 public:
  virtual ~TangentSource() = default;
  /// matrix: [d, 1 + d] out, row-major, a row for each component of the flux: its derivatives by the temperature
  /// [W/m^2/K] and by the components of the gradient [W/m/K]. False if it cannot tell; `matrix` then means nothing.
  /// Local.
  virtual bool tangent(const FaceState& face, std::span<double> matrix) = 0;
};

}  // namespace bimetal::conduction
