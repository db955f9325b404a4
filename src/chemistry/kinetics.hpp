#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/reaction_table.hpp"
#include "chemistry/thermodynamics.hpp"

namespace bimetal::chemistry {

/// Net production rates by mass action, with reverse rates from equilibrium. Rates that depend on pressure take that
/// of an ideal gas of these concentrations, and its derivatives are among those by T and C. Kee, Coltrin & Glarborg,
/// Chemically Reacting Flow (2003), ch. 9. Holds its work space and allocates nothing after construction, so one
/// object serves one thread; it keeps no reference to the mechanism. All functions Local.
class Kinetics {
 public:
  explicit Kinetics(const Mechanism& mechanism);

  std::size_t n_species() const { return table_.n_species; }
  std::size_t n_reactions() const { return table_.n_reactions; }

  /// T [K], p [Pa], Y: [n_species] mass fractions; omega: [n_species] out [kmol/m^3/s].
  void net_production_rates(double T, double p, std::span<const double> Y, std::span<double> omega);

  /// The same from concentrations C: [n_species] [kmol/m^3].
  void net_production_rates_of(double T, std::span<const double> C, std::span<double> omega);

  /// As above, with the derivatives at fixed C and at fixed T. omega_T: [n_species] [kmol/m^3/s/K];
  /// omega_C: [n_species * n_species] [1/s], entry (i, j) = d omega_i / d C_j at j * n_species + i (column-major).
  void net_production_rates_and_derivatives(double T, std::span<const double> C, std::span<double> omega,
                                            std::span<double> omega_T, std::span<double> omega_C);

  /// Heat released by the rates omega at T [W/m^3], from species enthalpies.
  double heat_release(double T, std::span<const double> omega);

  /// h/(RT) and cp/R of the species at the T of the last call, [n_species]: by-products worth keeping.
  std::span<const double> last_enthalpies() const { return {h_RT_.data(), n_species()}; }
  std::span<const double> last_heat_capacities() const { return cp_R_; }

 private:
  void evaluate(double T, std::span<double> omega);
  void rate_coefficients(double T);
  void add_special_rates(double T, double log_T);
  void third_bodies(double T);
  void rates_of_progress();

  std::span<double> falloff_exponents() { return {k_.data() + 2 * table_.n_reactions, table_.falloff.n_exponents()}; }

  void slopes_by_T(double T);
  void slopes_by_C();
  void slopes_by_M(double T);

  ReactionTable table_;
  Thermodynamics thermodynamics_;

  // Work space. Arrays over species end with what an empty slot points to. Coefficients are those before the factor:
  // third-body concentration or falloff.
  std::vector<double> C_;         // [n_species + 1] [kmol/m^3]; the last is 1
  double total_ = 0.0;            // sum of concentrations, if there are special rates [kmol/m^3]
  std::vector<double> cp_R_;      // [n_species]
  std::vector<double> h_RT_;      // [n_species + 1]; the last is 0
  std::vector<double> g_RT_;      // [n_species + 1]; the last is 0
  std::vector<double> k_;         // [2 n_reactions + falloff.n_exponents(), padded] forward, reverse, falloff
  std::vector<double> factor_;    // [n_reactions] third-body concentration, falloff factor, or 1
  std::vector<double> forward_;   // [n_reactions] k_f times concentrations, without the factor
  std::vector<double> reverse_;   // [n_reactions]
  std::vector<double> rate_;      // [n_reactions] of progress; also their slope by T [kmol/m^3/s]
  std::vector<double> collider_;  // [n_colliders] M [kmol/m^3]
  std::vector<double> M_;         // [n_third_bodies] the same by reaction
  std::vector<double> falloff_;   // [falloff.size()] factors, then their slopes by T
  std::vector<double> factor_M_;  // [n_third_bodies] derivative of the factor by M
  std::vector<double> slopes_;    // [table.n_derivatives] sources of table.derivatives
  std::vector<double> dilution_;  // [n_species] part of d omega / d C_j that is the same for all j
};

}  // namespace bimetal::chemistry
