#pragma once

#include <array>
#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/reaction_table.hpp"

namespace bimetal::chemistry {

/// An upper bound on how fast a cold gas can react, without a single exponential: every rate coefficient is replaced
/// by its largest value up to a temperature. Most cells of a flame's surroundings are recognised as unreacting so, at
/// a fraction of the cost of their rates.
class ColdGas {
 public:
  /// The bound holds from T_min to T_max [K].
  ColdGas(const Mechanism& mechanism, double T_max);

  static constexpr double T_min = 200.0;  // [K]
  double T_max() const { return T_max_; }

  /// Largest possible sum over all reactions of forward plus reverse rate of progress, at concentrations C
  /// [n_species] [kmol/m^3] >= 0; [kmol/m^3/s]. Local.
  double rate_bound(std::span<const double> C) const;

  /// By how much a unit of progress can at most change the mass of any species [kg/kmol].
  double largest_mass() const { return largest_mass_; }
  /// How much heat a unit of progress can at most release or take [J/kmol].
  double largest_heat() const { return largest_heat_; }

 private:
  using Molecules = std::array<ReactionTable::Index, 3>;  // of one side; n_species where there is none
  struct Direction {
    Molecules molecules;
    double k;  // largest coefficient, with the largest third-body efficiency
    bool third_body;
  };
  void add_directions(const Mechanism& mechanism);
  static std::vector<Molecules> molecules_of(const ReactionTable::Slots& slots,
                                             const std::vector<ReactionTable::ThirdMolecule>& thirds,
                                             std::size_t n_species);

  double T_max_;
  double largest_mass_ = 0.0;
  double largest_heat_ = 0.0;
  bool bounded_ = true;  // false: a reaction does not fit into slots, and there is no bound
  std::vector<Direction> directions_;
};

}  // namespace bimetal::chemistry
