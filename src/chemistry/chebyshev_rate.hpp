#pragma once

#include <cstddef>
#include <vector>

#include "chemistry/log_rate.hpp"
#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// A rate constant as a polynomial of 1/T and ln p. Polynomials run away outside the range that they were fitted to.
/// There ln k follows its tangent in 1/T, which is an Arrhenius law, and a pressure counts as the nearest in the
/// range. All functions Local.
class ChebyshevRate {
 public:
  /// Coefficients in one direction that it can have.
  static constexpr std::size_t most = 32;

  explicit ChebyshevRate(const Chebyshev& fit);

  /// inverse_T: 1/T [1/K], log_p: ln p [Pa].
  LogRate at(double inverse_T, double log_p) const;

  /// ln of the largest rate constant that any pressure gives, up to what lies between the pressures looked at.
  double largest(double inverse_T) const;

 private:
  double x_slope_;  // x = x_slope / T + x_constant [K]
  double x_constant_;
  double y_slope_;  // y = y_slope ln p + y_constant
  double y_constant_;
  std::size_t n_T_;
  std::size_t n_p_;
  std::vector<double> coefficients_;  // [n_T, n_p], row-major, of ln k
};

}  // namespace bimetal::chemistry
