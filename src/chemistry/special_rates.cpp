#include "chemistry/special_rates.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "chemistry/blowers_masel.hpp"

namespace bimetal::chemistry {
namespace {

// Keeps what polynomials make of odd states finite; no rate of a readable mechanism comes near it.
constexpr double largest_log_k = 100.0 * std::numbers::ln10;
constexpr double smallest_total = 1e-100;  // [kmol/m^3]

std::vector<Term> change_of(const Reaction& reaction) {
  std::vector<Term> change = reaction.products;
  for (const auto& term : reaction.reactants) change.push_back({term.species, -term.coefficient});
  return change;
}

}  // namespace

SpecialRates::SpecialRates(const Mechanism& mechanism) {
  const auto add = [&](std::size_t reaction) { rates_.push_back({static_cast<Index>(reaction), 0.0, 0.0, 0.0}); };
  const auto& reactions = mechanism.reactions;
  for (std::size_t i = 0; i < reactions.size(); ++i) {
    if (reactions[i].by_pressure.empty()) continue;
    interpolated_.emplace_back(reactions[i].by_pressure);
    add(i);
  }
  for (std::size_t i = 0; i < reactions.size(); ++i) {
    if (!reactions[i].chebyshev) continue;
    chebyshev_.emplace_back(*reactions[i].chebyshev);
    add(i);
  }
  for (std::size_t i = 0; i < reactions.size(); ++i) {
    if (!reactions[i].blowers_masel) continue;
    heat_dependent_.push_back({*reactions[i].blowers_masel, change_of(reactions[i])});
    add(i);
  }
}

void SpecialRates::evaluate(double T, double log_T, double total, std::span<const double> h_RT,
                            std::span<const double> cp_R) {
  const double inverse_T = 1.0 / T;
  const double log_p = std::log(gas_constant * T * std::max(total, smallest_total));
  auto* rate = rates_.data();
  const auto set = [&](const LogRate& k) {
    Rate& next = *rate++;
    if (k.value > largest_log_k)
      next = {next.reaction, largest_log_k, 0.0, 0.0};
    else  // the pressure rises with T at fixed concentrations
      next = {next.reaction, k.value, k.by_T + k.by_log_p * inverse_T, k.by_log_p};
  };
  for (const auto& one : interpolated_) set(one.at(log_T, inverse_T, log_p));
  for (const auto& one : chebyshev_) set(one.at(inverse_T, log_p));
  for (const auto& one : heat_dependent_) {
    double h = 0.0;   // over R T
    double cp = 0.0;  // over R
    for (const auto& term : one.change) {
      h += term.coefficient * h_RT[term.species];
      cp += term.coefficient * cp_R[term.species];
    }
    const auto [height, slope] = barrier(one.energy, h * T);
    set({-height * inverse_T, (height * inverse_T - slope * cp) * inverse_T, 0.0});
  }
}

}  // namespace bimetal::chemistry
