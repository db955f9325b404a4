#include "chemistry/mixture_averaged_transport.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "chemistry/nasa_fit.hpp"
#include "chemistry/species_transport.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

constexpr double trace = 1e-10;  // what every mole fraction is raised by

const Mechanism& with_transport_data(const Mechanism& mechanism) {
  for (const auto& species : mechanism.species)
    if (!species.transport)
      throw core::UserError::format(
          "species \"{}\" of {} has no transport data, which transport: mixture_averaged needs of every species; add "
          "them to the mechanism or choose transport: constant_lewis",
          species.name, mechanism.source);
  return mechanism;
}

constexpr double T_min = MixtureAveragedTransport::T_min;
constexpr double T_max = MixtureAveragedTransport::T_max;
const double log_T_middle = 0.5 * std::log(T_min * T_max);
const double inverse_half_range = 2.0 / std::log(T_max / T_min);

/// The variable of the fits.
double reduced(double T) { return std::clamp((std::log(T) - log_T_middle) * inverse_half_range, -1.0, 1.0); }

/// f: T -> value.
template <class Function>
QuarticFit fit_in_temperature(Function f) {
  constexpr std::size_t n_points = 64;
  std::array<double, n_points> x{};
  std::array<double, n_points> values{};
  for (std::size_t i = 0; i < n_points; ++i) {
    // Points crowd at the ends, where least squares over evenly spaced ones would err most.
    const double angle = std::numbers::pi * static_cast<double>(i) / (n_points - 1);
    const double T = T_min * std::pow(T_max / T_min, 0.5 - 0.5 * std::cos(angle));
    x[i] = reduced(T);
    values[i] = f(T);
  }
  return fit_quartic(x, values);
}

}  // namespace

MixtureAveragedTransport::MixtureAveragedTransport(const Mechanism& mechanism)
    : n_(with_transport_data(mechanism).n_species()),
      pair_factors_(n_ * n_),
      diameters_(n_),
      conductivities_(n_),
      conductivity_slopes_(n_),
      resistances_(n_ * n_),
      X_(n_),
      values_(n_),
      slopes_(n_),
      pairs_(n_ * n_),
      sums_(n_) {
  for (const auto& species : mechanism.species) {
    weights_.push_back(species.molecular_weight);
    root_weights_.push_back(std::sqrt(species.molecular_weight));
    total_weight_ += species.molecular_weight;
  }
  for (std::size_t k = 0; k < n_; ++k) {
    fit_species(k, mechanism.species[k]);
    for (std::size_t j = 0; j < k; ++j) fit_pair(j, k, mechanism);
    for (std::size_t j = 0; j < n_; ++j)
      pair_factors_[j * n_ + k] = 1.0 / std::sqrt(8.0 * (weights_[j] + weights_[k]));
  }
}

void MixtureAveragedTransport::fit_species(std::size_t k, const Species& species) {
  const QuarticFit diameter = fit_in_temperature(
      [&](double T) { return std::sqrt(std::sqrt(weights_[k] * T) / species_viscosity(species, T)); });
  // About the heat capacity of the cold gas both parts are positive, as a fit of relative errors needs it.
  const double cp = chemistry::evaluate(species.thermo, T_min, 0.0).cp_R * gas_constant / weights_[k];
  const auto conductivity = [&](double T, double at_cp) {
    return species_conductivity(species, T, at_cp) / std::sqrt(T);
  };
  const QuarticFit value = fit_in_temperature([&](double T) { return conductivity(T, cp); });
  const QuarticFit slope =
      fit_in_temperature([&](double T) { return (conductivity(T, 2.0 * cp) - conductivity(T, cp)) / cp; });
  Quartic without = value.quartic;
  for (std::size_t i = 0; i < without.size(); ++i) without[i] -= cp * slope.quartic[i];

  diameters_.set(k, diameter.quartic);
  conductivities_.set(k, without);
  conductivity_slopes_.set(k, slope.quartic);
  // Viscosity goes with the square of the diameter.
  largest_fit_error_ = std::max({largest_fit_error_, 2.0 * diameter.error, value.error, slope.error});
}

void MixtureAveragedTransport::fit_pair(std::size_t j, std::size_t k, const Mechanism& mechanism) {
  const QuarticFit resistance = fit_in_temperature([&](double T) {
    return T * std::sqrt(T) / binary_diffusivity(mechanism.species[j], mechanism.species[k], T, 1.0);
  });
  resistances_.set(j * n_ + k, resistance.quartic);
  resistances_.set(k * n_ + j, resistance.quartic);
  largest_fit_error_ = std::max(largest_fit_error_, resistance.error);
}

MixtureAveragedTransport::Properties MixtureAveragedTransport::evaluate(double T, double p, std::span<const double> Y,
                                                                        std::span<const double> cp,
                                                                        std::span<double> D) {
  const double x = reduced(T);
  set_composition(Y);
  mix_diffusivities(T, p, x, D);
  return {mix_viscosities(T, x), mix_conductivities(T, x, cp)};
}

double MixtureAveragedTransport::viscosity(double T, std::span<const double> Y) {
  set_composition(Y);
  return mix_viscosities(T, reduced(T));
}

double MixtureAveragedTransport::conductivity(double T, std::span<const double> Y, std::span<const double> cp) {
  set_composition(Y);
  return mix_conductivities(T, reduced(T), cp);
}

void MixtureAveragedTransport::diffusivities(double T, double p, std::span<const double> Y, std::span<double> D) {
  set_composition(Y);
  mix_diffusivities(T, p, reduced(T), D);
}

void MixtureAveragedTransport::set_composition(std::span<const double> Y) {
  EXPECT(Y.size() == n_);
  double mass = 0.0;
  double moles = 0.0;
  for (std::size_t k = 0; k < n_; ++k) {
    const double y = Y[k] > 0.0 ? Y[k] : 0.0;
    X_[k] = y / weights_[k];
    mass += y;
    moles += X_[k];
  }
  for (double& x : X_) x = x / moles + trace;
  mean_weight_ = mass / moles + trace * total_weight_;
}

/// With mu_k = (M_k T)^1/2 / d_k^2, Wilke's mu = sum_k X_k mu_k / sum_j X_j Phi_kj becomes
///   mu = T^1/2 sum_k X_k M_k^1/2 / sum_j X_j M_j^1/2 (d_j + d_k)^2 / (8 (M_j + M_k))^1/2:
/// unlike molecules meet like hard spheres of their mean diameter, and the double sum has no root and no division.
double MixtureAveragedTransport::mix_viscosities(double T, double x) {
  diameters_.evaluate(x, values_);
  const double* const d = values_.data();
  double* const sum = sums_.data();
  std::fill(sums_.begin(), sums_.end(), 0.0);
  for (std::size_t j = 0; j < n_; ++j) {
    const double* const factor = pair_factors_.data() + j * n_;
    const double d_j = d[j];
    const double weight = X_[j] * root_weights_[j];
    for (std::size_t k = 0; k < n_; ++k) sum[k] += weight * factor[k] * (d_j + d[k]) * (d_j + d[k]);
  }
  double total = 0.0;
  for (std::size_t k = 0; k < n_; ++k) total += X_[k] * root_weights_[k] / sum[k];
  return std::sqrt(T) * total;
}

double MixtureAveragedTransport::mix_conductivities(double T, double x, std::span<const double> cp) {
  EXPECT(cp.size() == n_);
  conductivities_.evaluate(x, values_);
  conductivity_slopes_.evaluate(x, slopes_);
  double arithmetic = 0.0;
  double harmonic = 0.0;
  for (std::size_t k = 0; k < n_; ++k) {
    const double conductivity = values_[k] + slopes_[k] * cp[k];
    arithmetic += X_[k] * conductivity;
    harmonic += X_[k] / conductivity;
  }
  return 0.5 * std::sqrt(T) * (arithmetic + 1.0 / harmonic);
}

void MixtureAveragedTransport::mix_diffusivities(double T, double p, double x, std::span<double> D) {
  EXPECT(D.size() == n_);
  resistances_.evaluate(x, pairs_);
  double* const sum = sums_.data();
  std::fill(sums_.begin(), sums_.end(), 0.0);
  for (std::size_t j = 0; j < n_; ++j) {
    const double* const resistance = pairs_.data() + j * n_;
    const double X_j = X_[j];
    for (std::size_t k = 0; k < n_; ++k) sum[k] += X_j * resistance[k];
  }
  const double scale = T * std::sqrt(T) / (p * mean_weight_);
  for (std::size_t k = 0; k < n_; ++k)
    D[k] = sum[k] > 0.0 ? scale * (mean_weight_ - X_[k] * weights_[k]) / sum[k] : 0.0;
}

}  // namespace bimetal::chemistry
