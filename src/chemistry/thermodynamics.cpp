#include "chemistry/thermodynamics.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "chemistry/nasa_fit.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

constexpr double T_lowest = 50.0;      // [K]
constexpr double T_highest = 10000.0;  // [K]
// Newton's steps square the error, so the step after one this small would be lost in round-off.
constexpr double small_step = 1e-9;  // relative

/// Root of an increasing function by Newton's method; a step that leaves the bracket is replaced by its middle.
/// `value_and_slope`: T -> {f, df/dT}.
template <class Function>
double increasing_root(Function value_and_slope, double guess) {
  double low = T_lowest;
  double high = T_highest;
  double T = guess > low && guess < high ? guess : 1000.0;
  for (int i = 0; i < 200; ++i) {
    const auto [value, slope] = value_and_slope(T);
    (value > 0.0 ? high : low) = T;
    const double next = T - value / slope;
    if (std::abs(next - T) <= small_step * T) return std::clamp(next, T_lowest, T_highest);
    T = next > low && next < high ? next : 0.5 * (low + high);
    if (high - low <= 1e-15 * high) break;
  }
  return T;
}

/// The temperature at which a mixture's fit has the enthalpy h_R [K], if Newton's method finds it before it leaves
/// the fit's range. cp is all but constant, so two or three steps do.
std::optional<double> root_within(const MixtureFit& fit, double h_R, double guess) {
  double T = guess;
  for (int i = 0; i < 10 && fit.holds_at(T); ++i) {
    const double next = T - (fit.h(T) - h_R) / fit.cp(T);
    if (std::abs(next - T) <= small_step * T) return fit.holds_at(next) ? std::optional(next) : std::nullopt;
    T = next;
  }
  return std::nullopt;
}

struct ValueAndSlope {
  double value;
  double slope;
};

std::vector<ThermoFit> fits_of(const Mechanism& mechanism) {
  std::vector<ThermoFit> fits;
  for (const auto& species : mechanism.species) fits.push_back(species.thermo);
  return fits;
}

}  // namespace

Thermodynamics::Thermodynamics(const Mechanism& mechanism) : fits_(fits_of(mechanism)), table_(fits_) {
  for (const auto& species : mechanism.species) {
    weights_.push_back(species.molecular_weight);
    inverse_weights_.push_back(1.0 / species.molecular_weight);
  }
}

double Thermodynamics::gas_constant_of(std::span<const double> Y) const {
  EXPECT(Y.size() == n_species());
  double moles = 0.0;  // per unit mass [kmol/kg]
#pragma omp simd reduction(+ : moles) simdlen(4)
  for (std::size_t k = 0; k < Y.size(); ++k) moles += Y[k] * inverse_weights_[k];
  return gas_constant * moles;
}

double Thermodynamics::mean_molecular_weight(std::span<const double> Y) const {
  return gas_constant / gas_constant_of(Y);
}

double Thermodynamics::density(double T, double p, std::span<const double> Y) const {
  return p / (gas_constant_of(Y) * T);
}

double Thermodynamics::cp(double T, std::span<const double> Y) const {
  EXPECT(Y.size() == n_species());
  if (const auto fit = table_.mix(T, Y, inverse_weights_)) return gas_constant * fit->cp(T);
  double sum = 0.0;
  for (std::size_t k = 0; k < Y.size(); ++k) sum += Y[k] * inverse_weights_[k] * evaluate(fits_[k], T, 0.0).cp_R;
  return gas_constant * sum;
}

double Thermodynamics::cp_slope(double T, std::span<const double> Y) const {
  EXPECT(Y.size() == n_species());
  double sum = 0.0;
  for (std::size_t k = 0; k < Y.size(); ++k) sum += Y[k] * inverse_weights_[k] * cp_R_slope(fits_[k], T);
  return gas_constant * sum;
}

double Thermodynamics::enthalpy(double T, std::span<const double> Y) const {
  EXPECT(Y.size() == n_species());
  if (const auto fit = table_.mix(T, Y, inverse_weights_)) return gas_constant * fit->h(T);
  double sum = 0.0;
  for (std::size_t k = 0; k < Y.size(); ++k) sum += Y[k] * inverse_weights_[k] * evaluate(fits_[k], T, 0.0).h_RT;
  return gas_constant * T * sum;
}

double Thermodynamics::internal_energy(double T, std::span<const double> Y) const {
  return enthalpy(T, Y) - gas_constant_of(Y) * T;
}

double Thermodynamics::entropy(double T, double p, std::span<const double> Y) const {
  const double log_T = std::log(T);
  const double log_pressure = std::log(p / standard_pressure);
  const double mean_weight = mean_molecular_weight(Y);
  double sum = 0.0;
  for (std::size_t k = 0; k < Y.size(); ++k) {
    const double moles = Y[k] * inverse_weights_[k];
    const double x = moles * mean_weight;
    if (x <= 0.0) continue;  // x ln x -> 0
    sum += moles * (evaluate(fits_[k], T, log_T).s_R - std::log(x) - log_pressure);
  }
  return gas_constant * sum;
}

double Thermodynamics::gibbs(double T, double p, std::span<const double> Y) const {
  return enthalpy(T, Y) - T * entropy(T, p, Y);
}

void Thermodynamics::species_cp(double T, std::span<double> cp) const {
  EXPECT(cp.size() == n_species());
  table_.heat_capacities(T, cp);
  for (std::size_t k = 0; k < cp.size(); ++k) cp[k] *= gas_constant * inverse_weights_[k];
}

void Thermodynamics::species_enthalpy(double T, std::span<double> h) const {
  EXPECT(h.size() == n_species());
  for (std::size_t k = 0; k < h.size(); ++k)
    h[k] = gas_constant * T * inverse_weights_[k] * evaluate(fits_[k], T, 0.0).h_RT;
}

void Thermodynamics::species_standard(double T, double log_T, std::span<double> cp_R, std::span<double> h_RT,
                                      std::span<double> g_RT) const {
  table_.evaluate(T, log_T, cp_R, h_RT, g_RT);
}

double Thermodynamics::temperature_from_enthalpy(double h, std::span<const double> Y, double guess) const {
  EXPECT(Y.size() == n_species());
  if (const auto fit = table_.mix(guess, Y, inverse_weights_))
    if (const auto T = root_within(*fit, h / gas_constant, guess)) return *T;
  return increasing_root(
      [&](double T) {
        double h_sum = 0.0;
        double cp_sum = 0.0;
        for (std::size_t k = 0; k < Y.size(); ++k) {
          const Standard standard = evaluate(fits_[k], T, 0.0);
          h_sum += Y[k] * inverse_weights_[k] * standard.h_RT;
          cp_sum += Y[k] * inverse_weights_[k] * standard.cp_R;
        }
        return ValueAndSlope{gas_constant * T * h_sum - h, gas_constant * cp_sum};
      },
      guess);
}

double Thermodynamics::temperature_from_internal_energy(double u, std::span<const double> Y, double guess) const {
  const double R = gas_constant_of(Y);
  return increasing_root([&](double T) { return ValueAndSlope{internal_energy(T, Y) - u, cp(T, Y) - R}; }, guess);
}

void Thermodynamics::mass_from_mole_fractions(std::span<const double> X, std::span<double> Y) const {
  EXPECT(X.size() == n_species() && Y.size() == n_species());
  double mass = 0.0;
  for (std::size_t k = 0; k < X.size(); ++k) mass += Y[k] = X[k] * weights_[k];
  for (double& y : Y) y /= mass;
}

void Thermodynamics::mole_from_mass_fractions(std::span<const double> Y, std::span<double> X) const {
  EXPECT(X.size() == n_species() && Y.size() == n_species());
  double moles = 0.0;
  for (std::size_t k = 0; k < Y.size(); ++k) moles += X[k] = Y[k] * inverse_weights_[k];
  for (double& x : X) x /= moles;
}

}  // namespace bimetal::chemistry
