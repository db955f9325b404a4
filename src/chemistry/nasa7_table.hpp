#pragma once

#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// The fits of all species, laid out for loops over species: between two neighbouring T_mid of any of them every
/// species has one polynomial, and those stand side by side, coefficient by coefficient.
class Nasa7Table {
 public:
  explicit Nasa7Table(std::span<const Nasa7> fits);

  std::size_t n_species() const { return fits_.size(); }

  /// cp/R, h/(RT) and g/(RT) at standard pressure of every species, [n_species] each. T [K]; log_T: ln T. To round-off
  /// what evaluate() gives, in a fraction of the time. Local.
  void evaluate(double T, double log_T, std::span<double> cp_R, std::span<double> h_RT, std::span<double> g_RT) const;

 private:
  /// The polynomials that hold at T, or none where a fit is blended or continued there.
  const double* block_at(double T) const;

  std::vector<Nasa7> fits_;
  double T_min_;                // the largest of the species' [K]
  double T_max_;                // the smallest of the species' [K]
  std::vector<double> breaks_;  // all T_mid, ascending [K]
  std::vector<double> blocks_;  // [n_breaks + 1, 7, n_species]
};

}  // namespace bimetal::chemistry
