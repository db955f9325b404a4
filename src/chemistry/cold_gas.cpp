#include "chemistry/cold_gas.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "chemistry/nasa_fit.hpp"
#include "chemistry/rate_bound.hpp"
#include "chemistry/thermodynamics.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

constexpr double T_step = 10.0;  // [K]
// Between two sampled temperatures a coefficient stays below this times its larger value at them.
constexpr double safety = 2.0;

/// ln of the equilibrium constant in concentrations.
double log_equilibrium(const Mechanism& mechanism, const Reaction& reaction, double T) {
  const double log_T = std::log(T);
  const double log_standard_concentration = std::log(standard_pressure / (gas_constant * T));
  double sum = 0.0;
  const auto add = [&](const std::vector<Term>& side, double sign) {
    for (const auto& term : side) {
      const Standard standard = evaluate(mechanism.species[term.species].thermo, T, log_T);
      sum += sign * term.coefficient * (standard.s_R - standard.h_RT + log_standard_concentration);
    }
  };
  add(reaction.products, 1.0);
  add(reaction.reactants, -1.0);
  return sum;
}

double largest_efficiency(const Reaction& reaction) {
  double largest = reaction.default_efficiency;
  for (const auto& efficiency : reaction.efficiencies) largest = std::max(largest, efficiency.value);
  return largest;
}

double total(const std::vector<Term>& side, const std::vector<double>& values) {
  double sum = 0.0;
  for (const auto& term : side) sum += term.coefficient * values[term.species];
  return sum;
}

/// The larger magnitude of each species' enthalpy at the two ends of the range, with what lies between [J/kmol].
std::vector<double> largest_enthalpies(const Mechanism& mechanism, double T_max) {
  std::vector<double> largest;
  for (const auto& species : mechanism.species) {
    double value = 0.0;
    for (double T = ColdGas::T_min; T <= T_max; T += T_step)
      value = std::max(value, gas_constant * T * std::abs(evaluate(species.thermo, T, 0.0).h_RT));
    largest.push_back(value);
  }
  return largest;
}

}  // namespace

ColdGas::ColdGas(const Mechanism& mechanism, double T_max) : T_max_(T_max) {
  EXPECT(T_max > T_min);
  add_directions(mechanism);
  const auto enthalpies = largest_enthalpies(mechanism, T_max);
  std::vector<double> weights;
  for (const auto& species : mechanism.species) weights.push_back(species.molecular_weight);
  for (const auto& reaction : mechanism.reactions)
    for (const auto* side : {&reaction.reactants, &reaction.products}) {
      largest_mass_ = std::max(largest_mass_, total(*side, weights));
      largest_heat_ = std::max(largest_heat_, 2.0 * total(*side, enthalpies));
    }
}

std::vector<ColdGas::Molecules> ColdGas::molecules_of(const ReactionTable::Slots& slots,
                                                      const std::vector<ReactionTable::ThirdMolecule>& thirds,
                                                      std::size_t n_species) {
  std::vector<Molecules> molecules;
  for (std::size_t i = 0; i < slots[0].size(); ++i)
    molecules.push_back({slots[0][i], slots[1][i], static_cast<ReactionTable::Index>(n_species)});
  for (const auto& [reaction, species] : thirds) molecules[reaction][2] = species;
  return molecules;
}

void ColdGas::add_directions(const Mechanism& mechanism) {
  const ReactionTable table(mechanism);
  if (!table.general_reactants.empty() || !table.general_products.empty()) bounded_ = false;
  const auto reactants = molecules_of(table.reactants, table.third_reactants, table.n_species);
  const auto products = molecules_of(table.products, table.third_products, table.n_species);
  const Thermodynamics thermodynamics(mechanism);
  std::vector<double> cp_R(table.n_species), h_RT(table.n_species), g_RT(table.n_species);
  for (std::size_t i = 0; i < mechanism.n_reactions() && bounded_; ++i) {
    const Reaction& reaction = mechanism.reactions[i];
    const RateBound bound(reaction);
    const bool third_body = reaction.kind == ReactionKind::three_body || reaction.kind == ReactionKind::falloff;
    const double scale = safety * (third_body ? largest_efficiency(reaction) : 1.0);
    double forward = -std::numeric_limits<double>::infinity();
    double reverse = forward;
    for (double T = T_min; T <= T_max_; T += T_step) {
      if (reaction.blowers_masel) thermodynamics.species_standard(T, std::log(T), cp_R, h_RT, g_RT);
      const double log_k = bound.log_k(T, h_RT);
      forward = std::max(forward, log_k);
      reverse = std::max(reverse, log_k - log_equilibrium(mechanism, reaction, T));
    }
    directions_.push_back({reactants[i], scale * std::exp(forward), third_body});
    if (reaction.reversible) directions_.push_back({products[i], scale * std::exp(reverse), third_body});
  }
}

double ColdGas::rate_bound(std::span<const double> C) const {
  if (!bounded_) return std::numeric_limits<double>::infinity();
  double total_concentration = 0.0;
  for (double c : C) total_concentration += c;
  const auto concentration = [&](ReactionTable::Index species) { return species < C.size() ? C[species] : 1.0; };
  double sum = 0.0;
  for (const auto& direction : directions_) {
    const double product = concentration(direction.molecules[0]) * concentration(direction.molecules[1]) *
                           concentration(direction.molecules[2]);
    sum += direction.k * product * (direction.third_body ? total_concentration : 1.0);
  }
  return sum;
}

}  // namespace bimetal::chemistry
