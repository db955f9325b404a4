#include "chemistry/reaction_table.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace bimetal::chemistry {
namespace {

using Index = ReactionTable::Index;

// Stands for ln 0: exp() of it is 0 whatever is added.
constexpr double log_of_zero = -1e4;

double log_magnitude(double A) { return A == 0.0 ? log_of_zero : std::log(std::abs(A)); }

/// The side's molecules one per slot; false, with empty slots, if they do not fit.
bool fill_slots(const std::vector<Term>& side, std::size_t n_species, ReactionTable::Slots& slots) {
  const auto empty = static_cast<Index>(n_species);
  slots.fill(empty);
  std::size_t used = 0;
  for (const auto& term : side) {
    double left = term.coefficient;
    for (; left >= 1.0 && used < slots.size(); left -= 1.0) slots[used++] = static_cast<Index>(term.species);
    if (left != 0.0) {
      slots.fill(empty);
      return false;
    }
  }
  return true;
}

std::vector<ReactionTable::Net> terms_of(const std::vector<Term>& side) {
  std::vector<ReactionTable::Net> terms;
  for (const auto& term : side) terms.push_back({static_cast<Index>(term.species), term.coefficient});
  return terms;
}

std::map<Index, double> net_stoichiometry(const Reaction& reaction) {
  std::map<Index, double> net;
  for (const auto& term : reaction.reactants) net[static_cast<Index>(term.species)] -= term.coefficient;
  for (const auto& term : reaction.products) net[static_cast<Index>(term.species)] += term.coefficient;
  std::erase_if(net, [](const auto& entry) { return entry.second == 0.0; });
  return net;
}

ReactionTable::ThirdBody third_body_of(const Reaction& reaction, std::size_t i) {
  ReactionTable::ThirdBody body{static_cast<Index>(i), reaction.default_efficiency, {}};
  for (const auto& efficiency : reaction.efficiencies)
    body.extra.push_back({static_cast<Index>(efficiency.species), efficiency.value - reaction.default_efficiency});
  return body;
}

}  // namespace

ReactionTable::ReactionTable(const Mechanism& mechanism)
    : n_species(mechanism.n_species()), n_reactions(mechanism.n_reactions()) {
  net_start.push_back(0);
  for (std::size_t i = 0; i < n_reactions; ++i) {
    const Reaction& reaction = mechanism.reactions[i];
    const auto index = static_cast<Index>(i);
    log_A.push_back(log_magnitude(reaction.rate.A));
    b.push_back(reaction.rate.b);
    T_activation.push_back(reaction.rate.T_activation);
    sign.push_back(reaction.rate.A < 0.0 ? -1.0 : 1.0);
    reverse_sign.push_back(reaction.reversible ? sign.back() : 0.0);

    if (!fill_slots(reaction.reactants, n_species, reactants.emplace_back()))
      general_reactants.push_back({index, terms_of(reaction.reactants)});
    products.emplace_back().fill(static_cast<Index>(n_species));
    if (reaction.reversible && !fill_slots(reaction.products, n_species, products.back()))
      general_products.push_back({index, terms_of(reaction.products)});

    double change = 0.0;
    for (const auto& [species, coefficient] : net_stoichiometry(reaction)) {
      net.push_back({species, coefficient});
      change += coefficient;
    }
    delta_n.push_back(change);
    net_start.push_back(static_cast<Index>(net.size()));

    if (reaction.kind == ReactionKind::elementary) continue;
    third_bodies.push_back(third_body_of(reaction, i));
    if (reaction.kind == ReactionKind::falloff)
      falloffs.push_back({index, static_cast<Index>(third_bodies.size() - 1),
                          log_magnitude(reaction.low_pressure.A) - log_A.back(), reaction.low_pressure.b - b.back(),
                          reaction.low_pressure.T_activation - T_activation.back(), reaction.troe});
  }
}

}  // namespace bimetal::chemistry
