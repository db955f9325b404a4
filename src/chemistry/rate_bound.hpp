#pragma once

#include <optional>
#include <span>

#include "chemistry/chebyshev_rate.hpp"
#include "chemistry/interpolated_rate.hpp"
#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// An upper bound on a reaction's forward rate constant at any pressure. For falloff it is the low-pressure limit, to
/// be multiplied by the concentration of third bodies, as Pr / (1 + Pr) <= Pr; with the largest broadening.
class RateBound {
 public:
  explicit RateBound(const Reaction& reaction);

  /// ln k at T [K]; h_RT: [n_species] of the species at T. Local.
  double log_k(double T, std::span<const double> h_RT) const;

 private:
  double log_broadening(double T) const;

  const Reaction& reaction_;  // must outlive this
  std::optional<InterpolatedRate> interpolated_;
  std::optional<ChebyshevRate> chebyshev_;
};

}  // namespace bimetal::chemistry
