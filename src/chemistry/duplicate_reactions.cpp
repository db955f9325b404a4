#include "chemistry/duplicate_reactions.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <set>
#include <utility>

#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

using Side = std::vector<std::pair<std::size_t, double>>;  // species and coefficient, sorted

/// Rates of different forms are not the same by mistake.
enum class Form { plain, by_pressure, chebyshev, blowers_masel };

Form form_of(const Reaction& reaction) {
  if (!reaction.by_pressure.empty()) return Form::by_pressure;
  if (reaction.chebyshev) return Form::chebyshev;
  return reaction.blowers_masel ? Form::blowers_masel : Form::plain;
}

/// What reactions have in common that may be the same, whichever way round they are written.
struct Key {
  ReactionKind kind;
  Form form;
  Side smaller;
  Side larger;
  auto operator<=>(const Key&) const = default;
};

struct Member {
  std::size_t reaction;
  bool turned;  // its products are the smaller side
};

Side sorted(const std::vector<Term>& terms) {
  Side side;
  for (const auto& term : terms) side.emplace_back(term.species, term.coefficient);
  std::sort(side.begin(), side.end());
  return side;
}

using Groups = std::map<Key, std::vector<Member>>;

Groups group(const std::vector<Reaction>& reactions) {
  Groups groups;
  for (std::size_t i = 0; i < reactions.size(); ++i) {
    Side left = sorted(reactions[i].reactants);
    Side right = sorted(reactions[i].products);
    const bool turned = right < left;
    if (turned) std::swap(left, right);
    groups[{reactions[i].kind, form_of(reactions[i]), std::move(left), std::move(right)}].push_back({i, turned});
  }
  return groups;
}

double efficiency(const Reaction& reaction, std::size_t species) {
  for (const auto& one : reaction.efficiencies)
    if (one.species == species) return one.value;
  return reaction.default_efficiency;
}

bool share_third_body(const Reaction& a, const Reaction& b, std::size_t n_species) {
  if (a.kind == ReactionKind::elementary) return true;
  for (std::size_t k = 0; k < n_species; ++k)
    if (efficiency(a, k) != 0.0 && efficiency(b, k) != 0.0) return true;
  return false;
}

bool same(const Mechanism& mechanism, const Member& a, const Member& b) {
  const Reaction& first = mechanism.reactions[a.reaction];
  const Reaction& second = mechanism.reactions[b.reaction];
  if (a.turned != b.turned && !first.reversible && !second.reversible) return false;
  return share_third_body(first, second, mechanism.n_species());
}

/// Another of the group that is the same reaction; none if there is not.
const Member* partner_of(const Mechanism& mechanism, const std::vector<Member>& members, const Member& one) {
  for (const Member& other : members)
    if (other.reaction != one.reaction && same(mechanism, one, other)) return &other;
  return nullptr;
}

/// The species that the reaction changes: all of its equation but colliders, whether written as M or by name.
using Changed = std::set<std::size_t>;

Changed changed_by(const Reaction& reaction) {
  std::map<std::size_t, double> net;
  for (const auto& term : reaction.reactants) net[term.species] -= term.coefficient;
  for (const auto& term : reaction.products) net[term.species] += term.coefficient;
  Changed changed;
  for (const auto& [species, coefficient] : net)
    if (coefficient != 0.0) changed.insert(species);
  return changed;
}

/// How many reactions that change the same species are declared duplicates.
std::map<Changed, int> count_declared(const std::vector<Reaction>& reactions) {
  std::map<Changed, int> count;
  for (const auto& reaction : reactions)
    if (reaction.duplicate) ++count[changed_by(reaction)];
  return count;
}

}  // namespace

void check_duplicates(const Mechanism& mechanism, const std::vector<YamlValue>& where) {
  EXPECT(where.size() == mechanism.n_reactions());
  const auto declared = count_declared(mechanism.reactions);
  for (const auto& [key, members] : group(mechanism.reactions))
    for (const Member& one : members) {
      const Reaction& reaction = mechanism.reactions[one.reaction];
      const Member* const partner = partner_of(mechanism, members, one);
      if (reaction.duplicate && !partner && declared.at(changed_by(reaction)) == 1)
        where[one.reaction].fail(
            "reaction \"{}\" is declared a duplicate, but no other is of the same species; add it or remove "
            "duplicate",
            reaction.equation);
      if (!reaction.duplicate && partner)
        where[one.reaction].fail(
            "reaction \"{}\" is also on line {}; remove one, or set duplicate: true in both if their rates add up",
            reaction.equation, where[partner->reaction].line());
    }
}

}  // namespace bimetal::chemistry
