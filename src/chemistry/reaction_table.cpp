#include "chemistry/reaction_table.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "chemistry/arrhenius.hpp"

namespace bimetal::chemistry {
namespace {

using Index = ReactionTable::Index;

// Below these a power less than one is replaced by a straight line. Coefficients of an equation keep their law, which
// equilibrium rests on, as far as numbers go. Explicit orders stand for a fit, and no fit reaches down to traces of
// 1e-10 at 1 atm.
constexpr double floor_of_coefficients = 1e-30;  // [kmol/m^3]
constexpr double floor_of_orders = 1e-12;        // [kmol/m^3]

/// The side's molecules one by one; none if they are more than three, or one of them counts less than once or
/// fractionally.
std::optional<std::vector<Index>> molecules_of(const std::vector<PowerLaw>& side) {
  std::vector<Index> molecules;
  for (const auto& term : side) {
    double left = term.coefficient;
    if (left < 1.0) return std::nullopt;
    for (; left >= 1.0 && molecules.size() < 4; left -= 1.0) molecules.push_back(term.species);
    if (left != 0.0) return std::nullopt;
  }
  if (molecules.size() > ReactionTable::n_slots + 1) return std::nullopt;
  return molecules;
}

std::vector<PowerLaw> powers_of(const std::vector<Term>& side) {
  std::vector<PowerLaw> powers;
  for (const auto& term : side)
    powers.push_back({static_cast<Index>(term.species), term.coefficient, floor_of_coefficients});
  return powers;
}

bool consumes(const Reaction& reaction, std::size_t species) {
  return std::any_of(reaction.reactants.begin(), reaction.reactants.end(),
                     [&](const Term& term) { return term.species == species; });
}

std::vector<PowerLaw> forward_powers(const Reaction& reaction) {
  if (reaction.orders.empty()) return powers_of(reaction.reactants);
  std::vector<PowerLaw> powers;
  for (const auto& order : reaction.orders)
    powers.push_back({static_cast<Index>(order.species), order.coefficient, floor_of_orders,
                      order.coefficient < 0.0 && !consumes(reaction, order.species)});
  return powers;
}

/// The part of the forward rate constant that is an Arrhenius expression, before factors and special rates.
Arrhenius plain_rate(const Reaction& reaction) {
  if (!reaction.by_pressure.empty() || reaction.chebyshev) return {1.0, 0.0, 0.0};
  return reaction.kind == ReactionKind::chemically_activated ? reaction.low_pressure : reaction.rate;
}

std::map<Index, double> net_stoichiometry(const Reaction& reaction) {
  std::map<Index, double> net;
  for (const auto& term : reaction.reactants) net[static_cast<Index>(term.species)] -= term.coefficient;
  for (const auto& term : reaction.products) net[static_cast<Index>(term.species)] += term.coefficient;
  std::erase_if(net, [](const auto& entry) { return entry.second == 0.0; });
  return net;
}

ReactionTable::Collider collider_of(const Reaction& reaction) {
  ReactionTable::Collider collider{reaction.default_efficiency, {}};
  for (const auto& efficiency : reaction.efficiencies)
    collider.extra.push_back(
        {static_cast<Index>(efficiency.species), efficiency.value - reaction.default_efficiency});
  std::sort(collider.extra.begin(), collider.extra.end(),
            [](const auto& one, const auto& other) { return one.species < other.species; });
  return collider;
}

/// Position of the collider in the list, to which it is added if it is new.
Index position_of(const ReactionTable::Collider& collider, std::vector<ReactionTable::Collider>& list) {
  const auto position = std::find(list.begin(), list.end(), collider) - list.begin();
  if (position == std::ssize(list)) list.push_back(collider);
  return static_cast<Index>(position);
}

}  // namespace

ReactionTable::ReactionTable(const Mechanism& mechanism)
    : n_species(mechanism.n_species()), n_reactions(mechanism.n_reactions()), special(mechanism) {
  for (std::size_t i = 0; i < n_reactions; ++i) {
    const Reaction& reaction = mechanism.reactions[i];
    const auto index = static_cast<Index>(i);
    const Arrhenius rate = plain_rate(reaction);
    log_A.push_back(log_magnitude(rate.A));
    b.push_back(rate.b);
    T_activation.push_back(rate.T_activation);
    sign.push_back(rate.A < 0.0 ? -1.0 : 1.0);
    reverse_sign.push_back(reaction.reversible ? sign.back() : 0.0);

    add_side(index, forward_powers(reaction), reactants, third_reactants, general_reactants);
    add_side(index, powers_of(reaction.reversible ? reaction.products : std::vector<Term>{}), products,
             third_products, general_products);

    double change = 0.0;
    for (const auto& [species, coefficient] : net_stoichiometry(reaction)) {
      net.add(species, index, coefficient);
      change += coefficient;
    }
    delta_n.push_back(change);
  }
  add_third_bodies(mechanism);
  add_derivatives();
  for (auto* sum : {&net, &derivatives, &dilution}) sum->finish();
}

void ReactionTable::add_side(Index reaction, const std::vector<PowerLaw>& side, Slots& slots,
                             std::vector<ThirdMolecule>& thirds, std::vector<General>& generals) {
  const auto molecules = molecules_of(side);
  const std::size_t n = molecules ? molecules->size() : 0;
  for (std::size_t slot = 0; slot < n_slots; ++slot)
    slots[slot].push_back(slot < n ? (*molecules)[slot] : static_cast<Index>(n_species));
  if (n > n_slots) thirds.push_back({reaction, molecules->back()});
  if (!molecules) generals.push_back({reaction, side});
}

void ReactionTable::add_third_bodies(const Mechanism& mechanism) {
  for (const auto kind : {ReactionKind::three_body, ReactionKind::falloff, ReactionKind::chemically_activated})
    for (std::size_t i = 0; i < n_reactions; ++i) {
      const Reaction& reaction = mechanism.reactions[i];
      if (reaction.kind != kind) continue;
      third_bodies.push_back({static_cast<Index>(i), position_of(collider_of(reaction), colliders)});
      if (kind != ReactionKind::three_body) falloff.add(reaction);
    }
  n_three_body = third_bodies.size() - falloff.size();
}

void ReactionTable::add_derivatives() {
  std::vector<std::vector<Part>> changes(n_reactions);
  for (const auto& entry : net.entries()) changes[entry.source].push_back({entry.target, entry.coefficient});
  const auto spread = [&](Index reaction, Index column, Index source, double coefficient) {
    for (const auto& change : changes[reaction])
      derivatives.add(column * static_cast<Index>(n_species) + change.species, source,
                      coefficient * change.coefficient);
  };
  Index source = 0;
  for (const auto* side : {&reactants, &products})
    for (const auto& slot : *side)
      for (Index i = 0; i < n_reactions; ++i, ++source)
        if (slot[i] != n_species) spread(i, slot[i], source, 1.0);
  for (const auto* thirds : {&third_reactants, &third_products})
    for (const auto& third : *thirds) spread(third.reaction, third.species, source++, 1.0);
  for (const auto* sides : {&general_reactants, &general_products})
    for (const auto& side : *sides)
      for (const auto& term : side.terms) spread(side.reaction, term.species, source++, 1.0);
  for (Index j = 0; j < third_bodies.size(); ++j, ++source) {
    const auto& collider = colliders[third_bodies[j].collider];
    for (const auto& extra : collider.extra)
      spread(third_bodies[j].reaction, extra.species, source, extra.coefficient);
    if (collider.default_efficiency == 0.0) continue;
    for (const auto& change : changes[third_bodies[j].reaction])
      dilution.add(change.species, j, collider.default_efficiency * change.coefficient);
  }
  auto position = static_cast<Index>(third_bodies.size());
  for (const auto& rate : special.rates()) {
    for (const auto& change : changes[rate.reaction]) dilution.add(change.species, position, change.coefficient);
    ++position;
  }
  n_derivatives = source + special.size();
}

}  // namespace bimetal::chemistry
