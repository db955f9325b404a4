#pragma once

#include <array>
#include <optional>

#include "homogenisation/linear_cell.hpp"
#include "precipitation/grain_field.hpp"

namespace bimetal::precipitation {

/// The conductivity along x and y of a periodic cell whose local one is phi k_around + (1 - phi) k_grain: two linear
/// cell problems div(k (e + grad w)) = 0 by the rotated scheme of the library homogenisation. A grain that does not
/// conduct is no trouble. Local.
class EffectiveConductivity {
 public:
  EffectiveConductivity(int n, double around, double grain);

  /// {K_xx, K_yy}, as accurate as 1e-5 of them. Nothing if the linear solver does not converge.
  std::optional<std::array<double, 2>> find(const PhaseField& phi);

 private:
  double find_along(int axis);

  int n_;
  double around_, grain_;
  homogenisation::LinearCell cell_;
  homogenisation::Field<double> u_, v_, load_;
  homogenisation::Field<float> left_, response_;
  bool converged_ = true;
};

}  // namespace bimetal::precipitation
