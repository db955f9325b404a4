#include "subproblem/reactor_equations.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace bimetal::subproblem {
namespace {

using chemistry::gas_constant;

// Trial states of an integrator outside these are refused; it then takes a smaller step.
constexpr double T_lowest = 100.0;    // [K]
constexpr double T_highest = 8000.0;  // [K]

}  // namespace

ReactorEquations::ReactorEquations(const chemistry::Mechanism& mechanism, Constraint constraint, double held)
    : constraint_(constraint),
      held_(held),
      thermodynamics_(mechanism),
      kinetics_(mechanism),
      C_(mechanism.n_species()),
      omega_(mechanism.n_species()),
      energy_(mechanism.n_species()),
      energy_per_mass_(mechanism.n_species()),
      capacity_(mechanism.n_species()),
      omega_T_(mechanism.n_species()),
      omega_C_(mechanism.n_species() * mechanism.n_species()),
      dilution_(mechanism.n_species()) {}

Evaluation ReactorEquations::rates(std::span<const double> y, std::span<double> f) noexcept {
  EXPECT(y.size() == size() && f.size() == size());
  if (!set_state(y)) return Evaluation::out_of_range;
  kinetics_.net_production_rates_of(T_, C_, omega_);
  set_energies();
  fill_rates(temperature_rate(), f);
  return Evaluation::done;
}

void ReactorEquations::fill_rates(double T_rate, std::span<double> f) const {
  const auto weights = thermodynamics_.molecular_weights();
  const double volume = 1.0 / density_;
  f[0] = T_rate;
  for (std::size_t k = 0; k < omega_.size(); ++k) f[1 + k] = omega_[k] * weights[k] * volume;
}

Evaluation ReactorEquations::linearise(std::span<const double> y, std::span<double> f,
                                       std::span<double> jacobian) noexcept {
  EXPECT(y.size() == size() && f.size() == size() && jacobian.size() == size() * size());
  if (!set_state(y)) return Evaluation::out_of_range;
  kinetics_.net_production_rates_and_derivatives(T_, C_, omega_, omega_T_, omega_C_);
  set_energies();
  const std::size_t n = omega_.size();
  std::fill(dilution_.begin(), dilution_.end(), 0.0);
  if (constraint_ == Constraint::constant_pressure)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < n; ++i) dilution_[i] += omega_C_[j * n + i] * C_[j];
  const double T_rate = temperature_rate();
  fill_rates(T_rate, f);
  fill_temperature_column(T_rate, y.subspan(1), jacobian);
  fill_species_columns(T_rate, jacobian);
  return Evaluation::done;
}

bool ReactorEquations::set_state(std::span<const double> y) {
  T_ = y[0];
  const auto Y = y.subspan(1);
  const double R = thermodynamics_.gas_constant_of(Y);
  if (!(T_ > T_lowest && T_ < T_highest && R > 0.0)) return false;
  mean_weight_ = gas_constant / R;
  density_ = constraint_ == Constraint::constant_pressure ? held_ / (R * T_) : held_;
  const auto inverse_weights = thermodynamics_.inverse_molecular_weights();
  for (std::size_t k = 0; k < Y.size(); ++k) C_[k] = density_ * (Y[k] * inverse_weights[k]);
  return true;
}

void ReactorEquations::set_energies() {
  const double flow_work = constraint_ == Constraint::constant_pressure ? 0.0 : 1.0;  // h - u = R T
  const auto h_RT = kinetics_.last_enthalpies();
  const auto cp_R = kinetics_.last_heat_capacities();
  const auto inverse_weights = thermodynamics_.inverse_molecular_weights();
  double sum = 0.0;
  for (std::size_t k = 0; k < C_.size(); ++k) {
    energy_[k] = gas_constant * T_ * (h_RT[k] - flow_work);
    energy_per_mass_[k] = energy_[k] * inverse_weights[k];
    capacity_[k] = gas_constant * (cp_R[k] - flow_work);
    sum += capacity_[k] * C_[k];
  }
  heat_capacity_ = sum / density_;
}

double ReactorEquations::temperature_rate() const {
  double sum = 0.0;
  for (std::size_t k = 0; k < omega_.size(); ++k) sum += energy_[k] * omega_[k];
  return -sum / (density_ * heat_capacity_);
}

/// At constant pressure a change of T or Y also changes the density and with it all concentrations:
/// d rho / d T = -rho / T, d rho / d Y_j = -rho Wbar / W_j.
void ReactorEquations::fill_species_columns(double T_rate, std::span<double> jacobian) const {
  const std::size_t n = omega_.size();
  const auto weights = thermodynamics_.molecular_weights();
  const auto inverse_weights = thermodynamics_.inverse_molecular_weights();
  const double expansion = constraint_ == Constraint::constant_pressure ? 1.0 : 0.0;
  const double volume = 1.0 / density_;
  const double per_capacity = 1.0 / heat_capacity_;
  const double* const __restrict W = weights.data();
  const double* const __restrict omega = omega_.data();
  const double* const __restrict dilution = dilution_.data();
  const double* const __restrict e = energy_per_mass_.data();
  for (std::size_t j = 0; j < n; ++j) {
    double* const __restrict column = jacobian.data() + (1 + j) * (1 + n);
    const double* const __restrict by_C = omega_C_.data() + j * n;
    const double relative = -expansion * mean_weight_ * inverse_weights[j];  // d ln rho / d Y_j
    // d omega / d Y_j, per density, is by_C / W_j + dilution relative / rho.
    for (std::size_t i = 0; i < n; ++i)
      column[1 + i] = W[i] * (by_C[i] * inverse_weights[j] + (dilution[i] - omega[i]) * (relative * volume));
    double heating = 0.0;
#pragma omp simd reduction(+ : heating)
    for (std::size_t i = 0; i < n; ++i) heating += e[i] * column[1 + i];
    column[0] = -heating * per_capacity - T_rate * capacity_[j] * inverse_weights[j] * per_capacity;
  }
}

void ReactorEquations::fill_temperature_column(double T_rate, std::span<const double> Y,
                                               std::span<double> jacobian) const {
  const std::size_t n = omega_.size();
  const auto weights = thermodynamics_.molecular_weights();
  const double relative = constraint_ == Constraint::constant_pressure ? -1.0 / T_ : 0.0;  // d ln rho / dT
  const double volume = 1.0 / density_;
  double heating = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double omega_T = omega_T_[i] + relative * dilution_[i];
    heating += energy_[i] * omega_T + capacity_[i] * omega_[i];
    jacobian[1 + i] = weights[i] * volume * (omega_T - omega_[i] * relative);
  }
  jacobian[0] =
      -heating / (density_ * heat_capacity_) - T_rate * (relative + thermodynamics_.cp_slope(T_, Y) / heat_capacity_);
}

}  // namespace bimetal::subproblem
