#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "core/matrix.hpp"

namespace bimetal::subproblem {

/// Gives mass fractions the element masses of others. Holds work space: one object serves one thread.
class ElementClosure {
 public:
  explicit ElementClosure(const chemistry::Mechanism& mechanism);

  /// E [n_elements present in some species, n_species]: mass of an element in a unit mass of a species.
  const core::Matrix& elements() const { return elements_; }

  /// Sets negative Y to zero and corrects the rest until E Y = E Y_in to round-off. The correction is the smallest in
  /// the norm weighted by 1/Y, so it changes every species in proportion to what is there of it and leaves a zero at
  /// zero: c_k = Y_k * sum_e lambda_e E_ek with (E diag(Y) E^T) lambda = E (Y_in - Y). Y >= 0 on return. False if
  /// the species present cannot hold these element masses; Y is then the nearest found. Local.
  bool restore(std::span<const double> Y_in, std::span<double> Y);

 private:
  double find_defect(std::span<const double> Y_in, std::span<const double> Y);
  void correct(std::span<double> Y);

  core::Matrix elements_;
  core::Matrix system_;         // [n, n] work space
  std::vector<double> defect_;  // [n] E (Y_in - Y), then lambda
  std::vector<double> scale_;   // [n] makes the diagonal of the system 1
};

}  // namespace bimetal::subproblem
