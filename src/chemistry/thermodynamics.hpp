#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/nasa_table.hpp"

namespace bimetal::chemistry {

/// Ideal-gas mixture thermodynamics. Immutable, without work space: one object may serve many callers.
/// Y: [n_species] mass fractions; X: [n_species] mole fractions. All functions Local.
class Thermodynamics {
 public:
  explicit Thermodynamics(const Mechanism& mechanism);

  std::size_t n_species() const { return weights_.size(); }
  std::span<const double> molecular_weights() const { return weights_; }                  // [n_species] [kg/kmol]
  std::span<const double> inverse_molecular_weights() const { return inverse_weights_; }  // [n_species] [kmol/kg]

  // Mixtures, per unit mass. T [K], p [Pa].
  double mean_molecular_weight(std::span<const double> Y) const;        // [kg/kmol]
  double gas_constant_of(std::span<const double> Y) const;              // p / (rho T) [J/kg/K]
  double density(double T, double p, std::span<const double> Y) const;  // [kg/m^3]
  double cp(double T, std::span<const double> Y) const;                 // [J/kg/K]
  double cp_slope(double T, std::span<const double> Y) const;           // d cp / dT [J/kg/K^2]
  double enthalpy(double T, std::span<const double> Y) const;           // chemical + sensible [J/kg]
  double internal_energy(double T, std::span<const double> Y) const;    // [J/kg]
  double entropy(double T, double p, std::span<const double> Y) const;  // with entropy of mixing [J/kg/K]
  double gibbs(double T, double p, std::span<const double> Y) const;    // [J/kg]

  // Single species at T, each [n_species].
  void species_cp(double T, std::span<double> cp) const;       // [J/kg/K]
  void species_enthalpy(double T, std::span<double> h) const;  // [J/kg]
  /// cp/R, h/(RT) and g/(RT) at standard pressure, dimensionless, in one pass: what kinetics needs. log_T: ln T.
  void species_standard(double T, double log_T, std::span<double> cp_R, std::span<double> h_RT,
                        std::span<double> g_RT) const;

  /// The temperature at which the mixture has enthalpy h [J/kg] (or internal energy u), to round-off. `guess` [K]
  /// only saves time. Safeguarded Newton in [50, 10000] K; an h beyond what that range holds gives its end.
  double temperature_from_enthalpy(double h, std::span<const double> Y, double guess) const;
  double temperature_from_internal_energy(double u, std::span<const double> Y, double guess) const;

  void mass_from_mole_fractions(std::span<const double> X, std::span<double> Y) const;
  void mole_from_mass_fractions(std::span<const double> Y, std::span<double> X) const;

 private:
  std::vector<ThermoFit> fits_;          // [n_species]
  NasaTable table_;                      // the same for loops over species
  std::vector<double> weights_;          // [n_species] [kg/kmol]
  std::vector<double> inverse_weights_;  // [n_species] [kmol/kg]
};

}  // namespace bimetal::chemistry
