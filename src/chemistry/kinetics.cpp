#include "chemistry/kinetics.hpp"

#include <algorithm>
#include <cmath>

#include "chemistry/exponentials.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

double product(const ReactionTable::Slots& slots, const double* C) { return C[slots[0]] * C[slots[1]] * C[slots[2]]; }

/// Product of C^exponent; a negative concentration, which an integrator may try, counts as none.
double product(const std::vector<ReactionTable::Net>& terms, const double* C) {
  double result = 1.0;
  for (const auto& term : terms) result *= std::pow(std::max(C[term.species], 0.0), term.coefficient);
  return result;
}

}  // namespace

Kinetics::Kinetics(const Mechanism& mechanism)
    : table_(mechanism),
      thermodynamics_(mechanism),
      C_(table_.n_species + 1, 1.0),
      cp_R_(table_.n_species),
      h_RT_(table_.n_species),
      g_RT_(table_.n_species),
      k_(2 * table_.n_reactions + table_.falloffs.size()),
      factor_(table_.n_reactions, 1.0),
      forward_(table_.n_reactions),
      reverse_(table_.n_reactions),
      M_(table_.third_bodies.size()),
      factor_M_(table_.third_bodies.size(), 1.0),
      falloff_(table_.falloffs.size()),
      all_M_(table_.n_species) {}

void Kinetics::net_production_rates(double T, double p, std::span<const double> Y, std::span<double> omega) {
  EXPECT(Y.size() == n_species());
  const double density = thermodynamics_.density(T, p, Y);
  const auto weights = thermodynamics_.molecular_weights();
  for (std::size_t k = 0; k < n_species(); ++k) C_[k] = density * Y[k] / weights[k];
  net_production_rates_of(T, {C_.data(), n_species()}, omega);
}

void Kinetics::net_production_rates_of(double T, std::span<const double> C, std::span<double> omega) {
  set_concentrations(C);
  rate_coefficients(T);
  third_bodies();
  falloff_factors(T);
  rates_of_progress();
  accumulate(omega);
}

double Kinetics::heat_release(double T, std::span<const double> omega) {
  EXPECT(omega.size() == n_species());
  thermodynamics_.species_standard(T, cp_R_, h_RT_, g_RT_);
  double sum = 0.0;
  for (std::size_t k = 0; k < omega.size(); ++k) sum += h_RT_[k] * omega[k];
  return -gas_constant * T * sum;
}

void Kinetics::set_concentrations(std::span<const double> C) {
  EXPECT(C.size() == n_species());
  std::copy(C.begin(), C.end(), C_.begin());
}

void Kinetics::rate_coefficients(double T) {
  thermodynamics_.species_standard(T, cp_R_, h_RT_, g_RT_);
  const std::size_t n = n_reactions();
  const double log_T = std::log(T);
  const double inverse_T = 1.0 / T;
  const double log_standard_concentration = std::log(standard_pressure / (gas_constant * T));
  double* const forward = k_.data();
  double* const reverse = forward + n;
  double* const ratio = reverse + n;

  for (std::size_t i = 0; i < n; ++i)
    forward[i] = table_.log_A[i] + table_.b[i] * log_T - table_.T_activation[i] * inverse_T;
  for (std::size_t i = 0; i < n; ++i) {
    double gibbs = 0.0;  // of reaction, over R T
    for (auto j = table_.net_start[i]; j < table_.net_start[i + 1]; ++j)
      gibbs += table_.net[j].coefficient * g_RT_[table_.net[j].species];
    reverse[i] = forward[i] + gibbs - table_.delta_n[i] * log_standard_concentration;
  }
  for (std::size_t j = 0; j < table_.falloffs.size(); ++j) {
    const auto& falloff = table_.falloffs[j];
    ratio[j] = falloff.log_A_ratio + falloff.b_difference * log_T - falloff.T_activation_difference * inverse_T;
  }
  exponentials(k_);
  for (std::size_t i = 0; i < n; ++i) {
    forward[i] *= table_.sign[i];
    reverse[i] *= table_.reverse_sign[i];
  }
}

void Kinetics::third_bodies() {
  double total = 0.0;
  for (std::size_t k = 0; k < n_species(); ++k) total += C_[k];
  for (std::size_t j = 0; j < table_.third_bodies.size(); ++j) {
    const auto& body = table_.third_bodies[j];
    double M = body.default_efficiency * total;
    for (const auto& extra : body.extra) M += extra.coefficient * C_[extra.species];
    M_[j] = M;
    factor_[body.reaction] = M;
  }
}

void Kinetics::falloff_factors(double T) {
  const double inverse_T = 1.0 / T;
  const double* const ratio = k_.data() + 2 * n_reactions();
  for (std::size_t j = 0; j < table_.falloffs.size(); ++j) {
    const auto& falloff = table_.falloffs[j];
    const double ratio_T = (falloff.b_difference + falloff.T_activation_difference * inverse_T) * inverse_T;
    falloff_[j] = falloff_factor(falloff.troe, T, M_[falloff.third_body], ratio[j], ratio_T);
    factor_[falloff.reaction] = falloff_[j].value;
    factor_M_[falloff.third_body] = falloff_[j].by_M;
  }
}

void Kinetics::rates_of_progress() {
  const std::size_t n = n_reactions();
  const double* const C = C_.data();
  for (std::size_t i = 0; i < n; ++i) forward_[i] = k_[i] * product(table_.reactants[i], C);
  for (std::size_t i = 0; i < n; ++i) reverse_[i] = k_[n + i] * product(table_.products[i], C);
  for (const auto& side : table_.general_reactants) forward_[side.reaction] *= product(side.terms, C);
  for (const auto& side : table_.general_products) reverse_[side.reaction] *= product(side.terms, C);
}

void Kinetics::accumulate(std::span<double> omega) const {
  EXPECT(omega.size() == n_species());
  std::fill(omega.begin(), omega.end(), 0.0);
  for (std::size_t i = 0; i < n_reactions(); ++i) {
    const double rate = factor_[i] * (forward_[i] - reverse_[i]);
    for (auto j = table_.net_start[i]; j < table_.net_start[i + 1]; ++j)
      omega[table_.net[j].species] += table_.net[j].coefficient * rate;
  }
}

}  // namespace bimetal::chemistry
