#include "flow/observables.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/error.hpp"
#include "subproblem/burnt_gas.hpp"

namespace bimetal::flow {
namespace {

constexpr double least_rise = 100.0;  // of temperature, to be called a flame [K]

/// The species that takes most of the oxygen or, with sign -1, gives most of it.
std::optional<std::size_t> largest_part(const chemistry::Mechanism& mechanism, std::span<const double> Y,
                                        const std::vector<std::size_t>& candidates, double sign) {
  std::optional<std::size_t> largest;
  double most = 0.0;
  for (std::size_t k : candidates) {
    const double amount =
        sign * Y[k] / mechanism.species[k].molecular_weight * chemistry::oxygen_need(mechanism, k).value_or(0.0);
    if (!(amount > most)) continue;
    most = amount;
    largest = k;
  }
  return largest;
}

}  // namespace

Flame flame_of(const chemistry::Mechanism& mechanism, const chemistry::Blend& fuel, double T, double p,
               std::span<const double> Y) {
  const auto burnt = subproblem::burnt_gas(mechanism, T, p, Y);
  std::vector<std::size_t> fuels, all(mechanism.n_species());
  for (const auto& [name, amount] : fuel.parts) fuels.push_back(mechanism.require_species(name));
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto fuel_found = largest_part(mechanism, Y, fuels, 1.0);
  const auto oxygen_found = largest_part(mechanism, Y, all, -1.0);
  if (!(burnt[0] - T >= least_rise && fuel_found && oxygen_found))
    throw core::UserError::format(
        "Burning {} in the unburnt gas heats it from {} K to {:.1f} K only, so there is no flame to measure; choose "
        "an equivalence ratio nearer to 1.",
        fuel.text(), T, burnt[0]);
  const std::size_t fuel_index = *fuel_found;
  const std::size_t oxygen = *oxygen_found;
  const auto left = [&](std::size_t k) { return burnt[1 + k] / Y[k]; };
  Flame flame;
  flame.reactant = left(oxygen) < left(fuel_index) ? oxygen : fuel_index;
  flame.consumed = Y[flame.reactant] - burnt[1 + flame.reactant];
  flame.density = chemistry::Thermodynamics(mechanism).density(T, p, Y);
  flame.unburnt_temperature = T;
  flame.burnt_temperature = burnt[0];
  return flame;
}

FlameObservables::FlameObservables(const chemistry::Mechanism& mechanism, std::size_t reactant)
    : thermodynamics_(mechanism),
      element_mass_(mechanism.n_elements(), mechanism.n_species()),
      reactant_(reactant),
      sums_(4 + mechanism.n_elements()),
      maxima_(2),
      species_enthalpy_(mechanism.n_species()) {
  EXPECT(reactant < mechanism.n_species());
  for (std::size_t e = 0; e < mechanism.n_elements(); ++e)
    for (std::size_t k = 0; k < mechanism.n_species(); ++k)
      element_mass_(e, k) = mechanism.element_mass_fraction(e, k);
}

void FlameObservables::clear() {
  std::ranges::fill(sums_, 0.0);
  std::ranges::fill(maxima_, 0.0);
}

void FlameObservables::add_state(double mass, std::span<const double> row) {
  const auto Y = row.subspan(1, species_enthalpy_.size());
  sums_[0] += mass;
  sums_[1] += mass * thermodynamics_.enthalpy(row[0], Y);
  for (std::size_t e = 0; e < element_mass_.rows; ++e) {
    double fraction = 0.0;
    for (std::size_t k = 0; k < Y.size(); ++k) fraction += element_mass_(e, k) * Y[k];
    sums_[4 + e] += mass * fraction;
  }
  maxima_[0] = std::max(maxima_[0], row[0]);
}

void FlameObservables::add_reaction(double mass, std::span<const double> before, std::span<const double> after,
                                    double dt) {
  const auto Y_before = before.subspan(1, species_enthalpy_.size());
  const auto Y_after = after.subspan(1, species_enthalpy_.size());
  if (std::ranges::equal(Y_before, Y_after)) return;  // inert
  sums_[2] += mass * (Y_before[reactant_] - Y_after[reactant_]) / dt;

  thermodynamics_.species_enthalpy(0.5 * (before[0] + after[0]), species_enthalpy_);
  double heat = 0.0;  // [J/kg]
  for (std::size_t k = 0; k < Y_after.size(); ++k) heat += species_enthalpy_[k] * (Y_before[k] - Y_after[k]);
  sums_[3] += mass * heat / dt;
}

void FlameObservables::add_neighbours(double T, double T_next, double spacing) {
  maxima_[1] = std::max(maxima_[1], std::abs(T_next - T) / spacing);
}

double consumption_speed(const FlameObservables& observed, const Flame& flame, double area) {
  return observed.consumption() / (area * flame.density * flame.consumed);
}

double thermal_thickness(const FlameObservables& observed, const Flame& flame) {
  if (observed.steepest_gradient() == 0.0) return 0.0;
  return (observed.highest_temperature() - flame.unburnt_temperature) / observed.steepest_gradient();
}

}  // namespace bimetal::flow
