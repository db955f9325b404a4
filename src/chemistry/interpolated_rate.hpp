#pragma once

#include <cstddef>
#include <vector>

#include "chemistry/log_rate.hpp"
#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// A rate constant between Arrhenius expressions at several pressures: ln k is linear in ln p, and at pressures below
/// the first and above the last it is what it is there. Expressions at the same pressure add up.
/// Gou, Miller, Sun & Ju (2011) and CHEMKIN's keyword PLOG. All functions Local.
class InterpolatedRate {
 public:
  /// `points`: by ascending pressure, at least one.
  explicit InterpolatedRate(const std::vector<RateAtPressure>& points);

  /// log_T: ln T [K], inverse_T: 1/T, log_p: ln p [Pa].
  LogRate at(double log_T, double inverse_T, double log_p) const;

  /// ln of the largest rate constant that any pressure gives.
  double largest(double log_T, double inverse_T) const;

 private:
  struct Term {
    double log_A;
    double sign;
    double b;
    double T_activation;  // [K]
  };
  struct Sum {
    double value;  // ln k
    double by_T;   // [1/K]
  };
  Sum sum(std::size_t point, double log_T, double inverse_T) const;

  std::vector<double> log_p_;        // [n_points] p in Pa
  std::vector<std::size_t> begins_;  // [n_points + 1] terms of a point
  std::vector<Term> terms_;
};

}  // namespace bimetal::chemistry
