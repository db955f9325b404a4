#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chemistry/chebyshev_rate.hpp"
#include "chemistry/interpolated_rate.hpp"
#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// The forward rate constants that no single Arrhenius expression gives: those that depend on pressure, and those
/// with the activation energy of Blowers and Masel. They stand aside from the loops over all reactions. All functions
/// Local.
class SpecialRates {
 public:
  using Index = std::uint32_t;

  explicit SpecialRates(const Mechanism& mechanism);

  /// What is to be added to the logarithm of a reaction's rate constant and to its slopes.
  struct Rate {
    Index reaction;
    double log_k;     // at most 100 ln 10
    double by_T;      // at fixed concentrations [1/K]
    double by_log_p;  // at a fixed temperature
  };

  std::size_t size() const { return rates_.size(); }
  /// As of the last evaluate(), [size()].
  std::span<const Rate> rates() const { return rates_; }

  /// T [K], total: sum of all concentrations [kmol/m^3]; h_RT and cp_R: of the species at T, [n_species].
  void evaluate(double T, double log_T, double total, std::span<const double> h_RT, std::span<const double> cp_R);

 private:
  struct HeatDependent {
    BlowersMasel energy;
    std::vector<Term> change;  // products less reactants
  };

  // In the order of rates_.
  std::vector<InterpolatedRate> interpolated_;
  std::vector<ChebyshevRate> chebyshev_;
  std::vector<HeatDependent> heat_dependent_;
  std::vector<Rate> rates_;
};

}  // namespace bimetal::chemistry
