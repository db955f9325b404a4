#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/mixture.hpp"
#include "chemistry/thermodynamics.hpp"
#include "core/matrix.hpp"

namespace bimetal::flow {

/// What the speed and the thickness of a premixed flame are measured against.
struct Flame {
  std::size_t reactant = 0;          // species whose consumption tells the speed
  double consumed = 0.0;             // mass of it a unit mass of gas burns [1]
  double density = 0.0;              // of the unburnt gas [kg/m^3]
  double unburnt_temperature = 0.0;  // [K]
  double burnt_temperature = 0.0;    // adiabatic [K]
};

/// The flame that a mixture (T [K], p [Pa], Y [n_species]) makes. Its reactant is the one of fuel and oxygen that
/// burns up more completely: oxygen in rich gas, where fuel is left over. Of a blend of fuels the one that takes most
/// of the oxygen counts, of several species that give oxygen the one that gives most. What is left in the burnt gas
/// does not count as consumed. UserError if the mixture does not burn. Local.
Flame flame_of(const chemistry::Mechanism& mechanism, const chemistry::Blend& fuel, double T, double p,
               std::span<const double> Y);

/// Sums and maxima over the cells of a reacting flow, to be reported as they are or as a flame's speed and thickness.
/// Cells are given by their mass rho V [kg] and their row: T [K], Y_1..Y_N; further columns are not looked at. Knows
/// no other rank: the caller adds up sums() and takes the largest of maxima() in place, then reads. Local.
class FlameObservables {
 public:
  FlameObservables(const chemistry::Mechanism& mechanism, std::size_t reactant);

  /// Forgets all cells.
  void clear();
  /// A cell as it is.
  void add_state(double mass, std::span<const double> row);
  /// What chemistry alone has done to a cell in dt [s], at constant enthalpy and pressure.
  void add_reaction(double mass, std::span<const double> before, std::span<const double> after, double dt);
  /// Temperatures [K] of two neighbours `spacing` [m] apart.
  void add_neighbours(double T, double T_next, double spacing);

  std::span<double> sums() { return sums_; }
  std::span<double> maxima() { return maxima_; }

  double mass() const { return sums_[0]; }         // [kg]
  double enthalpy() const { return sums_[1]; }     // chemical + sensible [J]
  double consumption() const { return sums_[2]; }  // of the reactant by chemistry [kg/s]
  /// -sum_k h_k omega_k over the volume [W], h_k(T) with its sensible part: what heats the gas, cp rho dT/dt at
  /// constant pressure. Over a step h_k is taken at the mean temperature, which is second order in dt.
  double heat_release() const { return sums_[3]; }
  std::span<const double> element_masses() const { return std::span(sums_).subspan(4); }  // [n_elements] [kg]
  double highest_temperature() const { return maxima_[0]; }                               // [K]
  double steepest_gradient() const { return maxima_[1]; }                                 // of T [K/m]

 private:
  chemistry::Thermodynamics thermodynamics_;
  core::Matrix element_mass_;  // [n_elements, n_species]
  std::size_t reactant_;
  std::vector<double> sums_;
  std::vector<double> maxima_;
  std::vector<double> species_enthalpy_;  // [n_species] work space
};

/// Speed at which a flame in a channel of cross section `area` [m^2] consumes unburnt gas [m/s]; negative if
/// chemistry makes more reactant than it burns.
double consumption_speed(const FlameObservables& observed, const Flame& flame, double area);

/// Thermal thickness (T_highest - T_unburnt) / max |dT/dx| [m]; 0 without a gradient. Poinsot & Veynante, Theoretical
/// and Numerical Combustion (2005), ch. 2.
double thermal_thickness(const FlameObservables& observed, const Flame& flame);

}  // namespace bimetal::flow
