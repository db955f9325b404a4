#include "chemistry/kinetics.hpp"

#include <algorithm>
#include <cmath>

#include "chemistry/exponentials.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

double product(const std::vector<PowerLaw>& terms, const double* C) {
  double result = 1.0;
  for (const auto& term : terms) result *= term.value(C[term.species]);
  return result;
}

}  // namespace

Kinetics::Kinetics(const Mechanism& mechanism)
    : table_(mechanism),
      thermodynamics_(mechanism),
      C_(table_.n_species + 1, 1.0),
      cp_R_(table_.n_species),
      h_RT_(table_.n_species + 1, 0.0),
      g_RT_(table_.n_species + 1, 0.0),
      k_(padded(2 * table_.n_reactions + table_.falloff.n_exponents())),
      factor_(table_.n_reactions, 1.0),
      forward_(table_.n_reactions),
      reverse_(table_.n_reactions),
      rate_(table_.n_reactions),
      collider_(table_.colliders.size()),
      M_(table_.third_bodies.size()),
      falloff_(table_.falloff.size()),
      factor_M_(table_.third_bodies.size(), 1.0),
      slopes_(table_.n_derivatives),
      dilution_(table_.n_species) {}

void Kinetics::net_production_rates(double T, double p, std::span<const double> Y, std::span<double> omega) {
  EXPECT(Y.size() == n_species());
  const double density = thermodynamics_.density(T, p, Y);
  const auto inverse_weights = thermodynamics_.inverse_molecular_weights();
  for (std::size_t k = 0; k < n_species(); ++k) C_[k] = density * (Y[k] * inverse_weights[k]);
  evaluate(T, omega);
}

void Kinetics::net_production_rates_of(double T, std::span<const double> C, std::span<double> omega) {
  EXPECT(C.size() == n_species());
  std::copy(C.begin(), C.end(), C_.begin());
  evaluate(T, omega);
}

/// From the concentrations in C_.
void Kinetics::evaluate(double T, std::span<double> omega) {
  EXPECT(omega.size() == n_species());
  rate_coefficients(T);
  third_bodies(T);
  rates_of_progress();
  std::fill(omega.begin(), omega.end(), 0.0);
  table_.net.accumulate(rate_.data(), omega.data());
}

double Kinetics::heat_release(double T, std::span<const double> omega) {
  EXPECT(omega.size() == n_species());
  thermodynamics_.species_standard(T, std::log(T), cp_R_, {h_RT_.data(), n_species()}, {g_RT_.data(), n_species()});
  double sum = 0.0;
  for (std::size_t k = 0; k < omega.size(); ++k) sum += h_RT_[k] * omega[k];
  return -gas_constant * T * sum;
}

void Kinetics::rate_coefficients(double T) {
  const std::size_t n = n_reactions();
  const double log_T = std::log(T);
  thermodynamics_.species_standard(T, log_T, cp_R_, {h_RT_.data(), n_species()}, {g_RT_.data(), n_species()});
  const double inverse_T = 1.0 / T;
  static const double log_pressure_over_R = std::log(standard_pressure / gas_constant);
  const double log_standard_concentration = log_pressure_over_R - log_T;
  double* const __restrict forward = k_.data();
  double* const __restrict reverse = forward + n;
  const double* const g = g_RT_.data();
  const auto& [r0, r1] = table_.reactants;
  const auto& [p0, p1] = table_.products;

  for (std::size_t i = 0; i < n; ++i) {
    forward[i] = table_.log_A[i] + table_.b[i] * log_T - table_.T_activation[i] * inverse_T;
    const double gibbs = (g[p0[i]] + g[p1[i]]) - (g[r0[i]] + g[r1[i]]);  // over R T
    reverse[i] = forward[i] + gibbs - table_.delta_n[i] * log_standard_concentration;
  }
  for (const auto& [reaction, species] : table_.third_reactants) reverse[reaction] -= g[species];
  for (const auto& [reaction, species] : table_.third_products) reverse[reaction] += g[species];
  for (const auto& side : table_.general_reactants)
    for (const auto& term : side.terms) reverse[side.reaction] -= term.coefficient * g[term.species];
  for (const auto& side : table_.general_products)
    for (const auto& term : side.terms) reverse[side.reaction] += term.coefficient * g[term.species];
  if (table_.special.size() > 0) add_special_rates(T, log_T);
  table_.falloff.exponents(T, log_T, falloff_exponents());
  exponentials(k_);
  for (std::size_t i = 0; i < n; ++i) {
    forward[i] *= table_.sign[i];
    reverse[i] *= table_.reverse_sign[i];
  }
}

/// To the logarithms of the rate coefficients in k_.
void Kinetics::add_special_rates(double T, double log_T) {
  total_ = 0.0;
  for (std::size_t k = 0; k < n_species(); ++k) total_ += C_[k];
  table_.special.evaluate(T, log_T, total_, {h_RT_.data(), n_species()}, cp_R_);
  for (const auto& rate : table_.special.rates()) {
    k_[rate.reaction] += rate.log_k;
    k_[n_reactions() + rate.reaction] += rate.log_k;
  }
}

/// The factors that depend on third bodies, falloff included.
void Kinetics::third_bodies(double T) {
  double total = 0.0;
  for (std::size_t k = 0; k < n_species(); ++k) total += C_[k];
  for (std::size_t j = 0; j < table_.colliders.size(); ++j) {
    const auto& collider = table_.colliders[j];
    double M = collider.default_efficiency * total;
    for (const auto& extra : collider.extra) M += extra.coefficient * C_[extra.species];
    collider_[j] = M;
  }
  for (std::size_t j = 0; j < table_.third_bodies.size(); ++j) M_[j] = collider_[table_.third_bodies[j].collider];
  const std::size_t n = table_.n_three_body;
  for (std::size_t j = 0; j < n; ++j) factor_[table_.third_bodies[j].reaction] = M_[j];
  if (table_.falloff.size() == 0) return;
  table_.falloff.factors(T, falloff_exponents(), std::span(M_).subspan(n), falloff_);
  for (std::size_t j = 0; j < falloff_.size(); ++j) factor_[table_.third_bodies[n + j].reaction] = falloff_[j];
}

void Kinetics::rates_of_progress() {
  const std::size_t n = n_reactions();
  const double* const C = C_.data();
  const auto& [r0, r1] = table_.reactants;
  const auto& [p0, p1] = table_.products;
  for (std::size_t i = 0; i < n; ++i) {
    forward_[i] = k_[i] * (C[r0[i]] * C[r1[i]]);
    reverse_[i] = k_[n + i] * (C[p0[i]] * C[p1[i]]);
  }
  for (const auto& [reaction, species] : table_.third_reactants) forward_[reaction] *= C[species];
  for (const auto& [reaction, species] : table_.third_products) reverse_[reaction] *= C[species];
  for (const auto& side : table_.general_reactants) forward_[side.reaction] *= product(side.terms, C);
  for (const auto& side : table_.general_products) reverse_[side.reaction] *= product(side.terms, C);
  for (std::size_t i = 0; i < n; ++i) rate_[i] = factor_[i] * (forward_[i] - reverse_[i]);
}

}  // namespace bimetal::chemistry
