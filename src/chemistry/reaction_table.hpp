#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// The reactions of a mechanism in flat arrays, laid out for the loops of Kinetics.
struct ReactionTable {
  explicit ReactionTable(const Mechanism& mechanism);

  using Index = std::uint32_t;

  /// A species and how many molecules of it a reaction makes.
  struct Net {
    Index species;
    double coefficient;
  };
  /// M = default_efficiency * sum(C) + sum over `extra` of coefficient * C.
  struct ThirdBody {
    Index reaction;
    double default_efficiency;
    std::vector<Net> extra;
  };
  struct Falloff {
    Index reaction;
    Index third_body;    // position in third_bodies
    double log_A_ratio;  // low over high pressure
    double b_difference;
    double T_activation_difference;  // [K]
    std::optional<Troe> troe;
  };
  /// One direction of a reaction that three slots cannot hold: more than three molecules, or fractional ones.
  struct General {
    Index reaction;
    std::vector<Net> terms;  // coefficient: the exponent
  };

  std::size_t n_species;
  std::size_t n_reactions;

  // By reaction, [n_reactions]. ln k_f = log_A + b ln T - T_activation / T.
  std::vector<double> log_A;
  std::vector<double> b;
  std::vector<double> T_activation;  // [K]
  std::vector<double> sign;          // of A
  std::vector<double> reverse_sign;  // the same, 0 where irreversible
  std::vector<double> delta_n;       // products less reactants, molecules

  // Molecules on either side, one per slot; an empty slot holds n_species, whose concentration Kinetics sets to 1.
  static constexpr std::size_t n_slots = 3;
  using Slots = std::array<Index, n_slots>;
  std::vector<Slots> reactants;
  std::vector<Slots> products;
  std::vector<General> general_reactants;
  std::vector<General> general_products;

  // Net stoichiometry: entries net_start[i] .. net_start[i+1] of reaction i.
  std::vector<Index> net_start;  // [n_reactions + 1]
  std::vector<Net> net;

  std::vector<ThirdBody> third_bodies;  // of three-body reactions and falloff
  std::vector<Falloff> falloffs;
};

}  // namespace bimetal::chemistry
