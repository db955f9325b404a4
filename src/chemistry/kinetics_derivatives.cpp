// Derivatives of the net production rates: slopes of the rates of progress, q = factor * (forward - reverse), one
// array for each way a rate depends on something, and then the table's sums over them.
#include <algorithm>
#include <cmath>

#include "chemistry/kinetics.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

/// Calls visit(d product / d C_species) for every term of a side with exponents.
template <class Visit>
void for_each_slope(const std::vector<PowerLaw>& terms, const double* C, Visit visit) {
  for (const auto& term : terms) {
    double slope = term.slope(C[term.species]);
    for (const auto& other : terms)
      if (&other != &term) slope *= other.value(C[other.species]);
    visit(slope);
  }
}

}  // namespace

void Kinetics::net_production_rates_and_derivatives(double T, std::span<const double> C, std::span<double> omega,
                                                    std::span<double> omega_T, std::span<double> omega_C) {
  const std::size_t n = n_species();
  EXPECT(omega_T.size() == n && omega_C.size() == n * n);
  net_production_rates_of(T, C, omega);
  slopes_by_C();
  slopes_by_M(T);
  slopes_by_T(T);

  std::fill(omega_T.begin(), omega_T.end(), 0.0);
  table_.net.accumulate(rate_.data(), omega_T.data());

  std::fill(dilution_.begin(), dilution_.end(), 0.0);
  table_.dilution.accumulate(slopes_.data() + slopes_.size() - table_.n_dilution(), dilution_.data());

  for (std::size_t column = 0; column < n; ++column)
    std::copy(dilution_.begin(), dilution_.end(), omega_C.begin() + static_cast<std::ptrdiff_t>(column * n));
  table_.derivatives.accumulate(slopes_.data(), omega_C.data());
}

/// At a fixed factor, by the concentrations.
void Kinetics::slopes_by_C() {
  const std::size_t n = n_reactions();
  const double* const C = C_.data();
  double* third = slopes_.data() + 2 * ReactionTable::n_slots * n;
  const auto slopes_of = [&](const ReactionTable::Slots& slots,
                             const std::vector<ReactionTable::ThirdMolecule>& thirds, const double* k, double sign,
                             double* slopes) {
    const auto& [s0, s1] = slots;
    double* const __restrict by_0 = slopes;
    double* const __restrict by_1 = slopes + n;
    for (std::size_t i = 0; i < n; ++i) {
      const double coefficient = sign * factor_[i] * k[i];
      by_0[i] = coefficient * C[s1[i]];
      by_1[i] = coefficient * C[s0[i]];
    }
    for (const auto& [reaction, species] : thirds) {
      *third++ = by_0[reaction] * C[s0[reaction]];
      by_0[reaction] *= C[species];
      by_1[reaction] *= C[species];
    }
  };
  slopes_of(table_.reactants, table_.third_reactants, k_.data(), 1.0, slopes_.data());
  slopes_of(table_.products, table_.third_products, k_.data() + n, -1.0, slopes_.data() + ReactionTable::n_slots * n);

  double* general = third;
  for (const auto& side : table_.general_reactants)
    for_each_slope(side.terms, C,
                   [&](double value) { *general++ = factor_[side.reaction] * k_[side.reaction] * value; });
  for (const auto& side : table_.general_products)
    for_each_slope(side.terms, C,
                   [&](double value) { *general++ = -factor_[side.reaction] * k_[n + side.reaction] * value; });
}

/// By the concentrations of third bodies, and by the sum of all concentrations through the pressure. Leaves the
/// falloff factors' slopes by T in falloff_.
void Kinetics::slopes_by_M(double T) {
  const std::size_t n = table_.n_three_body;
  if (table_.falloff.size() > 0)
    table_.falloff.derivatives(T, falloff_exponents(), std::span(factor_M_).subspan(n), falloff_);
  double* const by_M = slopes_.data() + slopes_.size() - table_.n_dilution();
  for (std::size_t j = 0; j < table_.third_bodies.size(); ++j) {
    const auto i = table_.third_bodies[j].reaction;
    by_M[j] = factor_M_[j] * (forward_[i] - reverse_[i]);
  }
  double* by_total = by_M + table_.third_bodies.size();
  for (const auto& rate : table_.special.rates()) {
    const auto i = rate.reaction;
    *by_total++ = rate.by_log_p == 0.0 ? 0.0 : rate.by_log_p / total_ * factor_[i] * (forward_[i] - reverse_[i]);
  }
}

/// By temperature, in place of the rates of progress.
void Kinetics::slopes_by_T(double T) {
  const std::size_t n = n_reactions();
  const double inverse_T = 1.0 / T;
  const double* const h = h_RT_.data();
  const auto& [r0, r1] = table_.reactants;
  const auto& [p0, p1] = table_.products;
  for (std::size_t i = 0; i < n; ++i) {
    const double heat = (h[p0[i]] + h[p1[i]]) - (h[r0[i]] + h[r1[i]]);  // of reaction, over R T
    const double log_forward_T = (table_.b[i] + table_.T_activation[i] * inverse_T) * inverse_T;
    const double log_reverse_T = log_forward_T - (heat - table_.delta_n[i]) * inverse_T;
    rate_[i] = factor_[i] * (log_forward_T * forward_[i] - log_reverse_T * reverse_[i]);
  }
  const auto add_heat = [&](ReactionTable::Index reaction, double heat) {
    rate_[reaction] += factor_[reaction] * heat * inverse_T * reverse_[reaction];
  };
  for (const auto& [reaction, species] : table_.third_reactants) add_heat(reaction, -h[species]);
  for (const auto& [reaction, species] : table_.third_products) add_heat(reaction, h[species]);
  for (const auto& side : table_.general_reactants)
    for (const auto& term : side.terms) add_heat(side.reaction, -term.coefficient * h[term.species]);
  for (const auto& side : table_.general_products)
    for (const auto& term : side.terms) add_heat(side.reaction, term.coefficient * h[term.species]);
  for (std::size_t j = 0; j < falloff_.size(); ++j) {
    const auto i = table_.third_bodies[table_.n_three_body + j].reaction;
    rate_[i] += falloff_[j] * (forward_[i] - reverse_[i]);
  }
  for (const auto& rate : table_.special.rates())
    rate_[rate.reaction] += rate.by_T * factor_[rate.reaction] * (forward_[rate.reaction] - reverse_[rate.reaction]);
}

}  // namespace bimetal::chemistry
