#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// One polynomial for a mixture, within a range of temperatures.
struct MixtureFit {
  double T_low;   // [K]
  double T_high;  // [K]
  // cp = a_0 + a_1 T + ... + a_4 T^4, h = a_0 T + a_1 T^2 / 2 + ... + a_5, both over R and per what the weights
  // count.
  std::array<double, 6> a;
  bool has_reciprocal = false;
  std::array<double, 2> reciprocal{};  // of T^-2 and T^-1 in cp

  bool holds_at(double T) const { return T >= T_low && T <= T_high; }
  double cp(double T) const {  // [K^0]
    const double cp = a[0] + T * (a[1] + T * (a[2] + T * (a[3] + T * a[4])));
    return has_reciprocal ? cp + (reciprocal[0] / T + reciprocal[1]) / T : cp;
  }
  double h(double T) const {  // [K]
    const double h =
        T * (a[0] + T * (a[1] * (1.0 / 2.0) + T * (a[2] * (1.0 / 3.0) + T * (a[3] * 0.25 + T * (a[4] * 0.2))))) +
        a[5];
    return has_reciprocal ? h - reciprocal[0] / T + reciprocal[1] * std::log(T) : h;
  }
};

/// The fits of all species, laid out for loops over species: between two neighbouring ends of ranges of any of them
/// every species has one polynomial, and those stand side by side, coefficient by coefficient.
class NasaTable {
 public:
  explicit NasaTable(std::span<const ThermoFit> fits);

  std::size_t n_species() const { return fits_.size(); }

  /// cp/R, h/(RT) and g/(RT) at standard pressure of every species, [n_species] each. T [K]; log_T: ln T. To
  /// round-off what evaluate() gives, in a fraction of the time. Local.
  void evaluate(double T, double log_T, std::span<double> cp_R, std::span<double> h_RT, std::span<double> g_RT) const;

  /// cp/R alone. Local.
  void heat_capacities(double T, std::span<double> cp_R) const;

  /// The sum of the fits that hold at T, weighted with Y_k / W_k, [n_species] both; nothing where a fit is blended or
  /// continued at T. Local.
  std::optional<MixtureFit> mix(double T, std::span<const double> Y, std::span<const double> inverse_weights) const;

 private:
  void add_block(std::size_t block);
  /// Which block of polynomials holds at T; nothing where a fit is blended or continued there.
  std::optional<std::size_t> block_at(double T) const;
  /// The terms in 1/T and 1/T^2 of a block, [2, n_species].
  const double* reciprocal_of(std::size_t block) const { return reciprocals_.data() + block * 2 * n_species(); }

  std::vector<ThermoFit> fits_;
  double T_min_;                     // the largest of the species' [K]
  double T_max_;                     // the smallest of the species' [K]
  bool has_reciprocal_ = false;      // of any species
  std::vector<double> breaks_;       // all inner ends of ranges, ascending [K]
  std::vector<double> blocks_;       // [n_breaks + 1, 7, n_species]
  std::vector<double> reciprocals_;  // [n_breaks + 1, 2, n_species]
};

}  // namespace bimetal::chemistry
