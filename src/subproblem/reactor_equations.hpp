#pragma once

#include <span>
#include <vector>

#include "chemistry/kinetics.hpp"
#include "chemistry/thermodynamics.hpp"
#include "subproblem/ode.hpp"

namespace bimetal::subproblem {

enum class Constraint { constant_pressure, constant_volume };

/// An adiabatic, homogeneous reactor of y = (T, Y_1..Y_N):
///   dY_k/dt = omega_k W_k / rho,   dT/dt = -sum_k e_k omega_k / (rho c),
/// with e_k, c molar enthalpies and cp at constant pressure, internal energies and cv at constant volume.
/// Kee, Coltrin & Glarborg, Chemically Reacting Flow (2003), ch. 16. The Jacobian is analytic.
class ReactorEquations : public Ode {
 public:
  /// held: the pressure [Pa] or the density [kg/m^3], whichever is constant.
  ReactorEquations(const chemistry::Mechanism& mechanism, Constraint constraint, double held);

  /// From now on this pressure or density is held.
  void hold(double held) { held_ = held; }

  std::size_t size() const noexcept override { return 1 + kinetics_.n_species(); }
  Evaluation rates(std::span<const double> y, std::span<double> f) noexcept override;
  Evaluation linearise(std::span<const double> y, std::span<double> f, std::span<double> jacobian) noexcept override;

  const chemistry::Thermodynamics& thermodynamics() const { return thermodynamics_; }

 private:
  bool set_state(std::span<const double> y);
  void set_energies();
  double temperature_rate() const;
  void fill_rates(double T_rate, std::span<double> f) const;
  void fill_species_columns(double T_rate, std::span<double> jacobian) const;
  void fill_temperature_column(double T_rate, std::span<const double> Y, std::span<double> jacobian) const;

  Constraint constraint_;
  double held_;
  chemistry::Thermodynamics thermodynamics_;
  chemistry::Kinetics kinetics_;

  // The state of the last evaluation.
  double T_ = 0.0;                       // [K]
  double density_ = 0.0;                 // [kg/m^3]
  double mean_weight_ = 0.0;             // [kg/kmol]
  double heat_capacity_ = 0.0;           // cp or cv of the mixture [J/kg/K]
  std::vector<double> C_;                // [n_species] [kmol/m^3]
  std::vector<double> omega_;            // [n_species] [kmol/m^3/s]
  std::vector<double> energy_;           // [n_species] h or u [J/kmol]
  std::vector<double> energy_per_mass_;  // [n_species] [J/kg]
  std::vector<double> capacity_;         // [n_species] cp or cv [J/kmol/K]
  std::vector<double> omega_T_;          // [n_species]
  std::vector<double> omega_C_;          // [n_species * n_species] column-major
  std::vector<double> dilution_;         // [n_species] sum_j d omega_i / d C_j * C_j
};

}  // namespace bimetal::subproblem
