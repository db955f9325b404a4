// Derivatives of the net production rates, reaction by reaction: q = factor * (forward - reverse).
#include <algorithm>
#include <cmath>

#include "chemistry/kinetics.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

using Index = ReactionTable::Index;

/// Calls visit(species, d product / d C_species) for each occupied slot.
template <class Visit>
void for_each_slot(const ReactionTable::Slots& slots, const double* C, Index empty, Visit visit) {
  const double c0 = C[slots[0]];
  const double c1 = C[slots[1]];
  const double c2 = C[slots[2]];
  if (slots[0] != empty) visit(slots[0], c1 * c2);
  if (slots[1] != empty) visit(slots[1], c0 * c2);
  if (slots[2] != empty) visit(slots[2], c0 * c1);
}

/// The same for terms with exponents. The floor keeps the slope of a fractional power finite at zero.
template <class Visit>
void for_each_term(const std::vector<ReactionTable::Net>& terms, const double* C, Visit visit) {
  constexpr double floor = 1e-30;  // [kmol/m^3]
  for (const auto& term : terms) {
    double slope = term.coefficient * std::pow(std::max(C[term.species], floor), term.coefficient - 1.0);
    for (const auto& other : terms)
      if (&other != &term) slope *= std::pow(std::max(C[other.species], 0.0), other.coefficient);
    visit(term.species, slope);
  }
}

}  // namespace

void Kinetics::net_production_rates_and_derivatives(double T, std::span<const double> C, std::span<double> omega,
                                                    std::span<double> omega_T, std::span<double> omega_C) {
  EXPECT(omega_T.size() == n_species() && omega_C.size() == n_species() * n_species());
  net_production_rates_of(T, C, omega);
  std::fill(omega_T.begin(), omega_T.end(), 0.0);
  std::fill(omega_C.begin(), omega_C.end(), 0.0);
  elementary_derivatives(T, omega_T, omega_C);
  falloff_derivatives(omega_T);
  third_body_derivatives(omega_C);
}

/// Adds a change dq of a reaction's rate to the production rates of its species.
void Kinetics::spread(std::size_t reaction, double dq, double* column) const {
  for (auto j = table_.net_start[reaction]; j < table_.net_start[reaction + 1]; ++j)
    column[table_.net[j].species] += table_.net[j].coefficient * dq;
}

/// Everything at a fixed factor.
void Kinetics::elementary_derivatives(double T, std::span<double> omega_T, std::span<double> omega_C) const {
  const std::size_t n = n_species();
  const auto empty = static_cast<Index>(n);
  const double* const C = C_.data();
  const double inverse_T = 1.0 / T;
  const auto scatter = [&](std::size_t i, double coefficient) {
    return [this, i, coefficient, n, omega_C](Index species, double slope) {
      spread(i, coefficient * slope, omega_C.data() + species * n);
    };
  };
  for (std::size_t i = 0; i < n_reactions(); ++i) {
    double heat = 0.0;  // of reaction, over R T
    for (auto j = table_.net_start[i]; j < table_.net_start[i + 1]; ++j)
      heat += table_.net[j].coefficient * h_RT_[table_.net[j].species];
    const double log_forward_T = (table_.b[i] + table_.T_activation[i] * inverse_T) * inverse_T;
    const double log_reverse_T = log_forward_T - (heat - table_.delta_n[i]) * inverse_T;
    spread(i, factor_[i] * (log_forward_T * forward_[i] - log_reverse_T * reverse_[i]), omega_T.data());

    for_each_slot(table_.reactants[i], C, empty, scatter(i, factor_[i] * k_[i]));
    for_each_slot(table_.products[i], C, empty, scatter(i, -factor_[i] * k_[n_reactions() + i]));
  }
  for (const auto& side : table_.general_reactants)
    for_each_term(side.terms, C, scatter(side.reaction, factor_[side.reaction] * k_[side.reaction]));
  for (const auto& side : table_.general_products)
    for_each_term(side.terms, C, scatter(side.reaction, -factor_[side.reaction] * k_[n_reactions() + side.reaction]));
}

void Kinetics::falloff_derivatives(std::span<double> omega_T) const {
  for (std::size_t j = 0; j < table_.falloffs.size(); ++j) {
    const auto i = table_.falloffs[j].reaction;
    spread(i, falloff_[j].by_T * (forward_[i] - reverse_[i]), omega_T.data());
  }
}

/// The factor's dependence on every species. What is the same for all of them is added to all columns at the end.
void Kinetics::third_body_derivatives(std::span<double> omega_C) {
  const std::size_t n = n_species();
  std::fill(all_M_.begin(), all_M_.end(), 0.0);
  for (std::size_t j = 0; j < table_.third_bodies.size(); ++j) {
    const auto& body = table_.third_bodies[j];
    const auto i = body.reaction;
    const double by_M = factor_M_[j] * (forward_[i] - reverse_[i]);
    if (body.default_efficiency != 0.0) spread(i, by_M * body.default_efficiency, all_M_.data());
    for (const auto& extra : body.extra) spread(i, by_M * extra.coefficient, omega_C.data() + extra.species * n);
  }
  for (std::size_t column = 0; column < n; ++column)
    for (std::size_t row = 0; row < n; ++row) omega_C[column * n + row] += all_M_[row];
}

}  // namespace bimetal::chemistry
