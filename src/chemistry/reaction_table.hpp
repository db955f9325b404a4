#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "chemistry/falloff.hpp"
#include "chemistry/mechanism.hpp"
#include "chemistry/power_law.hpp"
#include "chemistry/sparse_sum.hpp"
#include "chemistry/special_rates.hpp"

namespace bimetal::chemistry {

/// The reactions of a mechanism in flat arrays, laid out for the loops of Kinetics: what all reactions have in common
/// stands by reaction, and sums over reactions are sparse matrices.
struct ReactionTable {
  explicit ReactionTable(const Mechanism& mechanism);

  using Index = SparseSum::Index;

  /// A species and how often it counts.
  struct Part {
    Index species;
    double coefficient;
    bool operator==(const Part&) const = default;
  };
  /// M = default_efficiency * sum(C) + sum over `extra` of coefficient * C. Reactions with equal efficiencies share
  /// one.
  struct Collider {
    double default_efficiency;
    std::vector<Part> extra;  // by species
    bool operator==(const Collider&) const = default;
  };
  /// A reaction whose rate has M in it.
  struct ThirdBody {
    Index reaction;
    Index collider;
  };
  struct ThirdMolecule {
    Index reaction;
    Index species;
  };
  /// One direction of a reaction that does not fit into slots: more than three molecules, fractional ones, or
  /// explicit orders below one.
  struct General {
    Index reaction;
    std::vector<PowerLaw> terms;
  };

  std::size_t n_species;
  std::size_t n_reactions;

  // By reaction, [n_reactions]. ln k_f = log_A + b ln T - T_activation / T, and what `special` adds to it.
  std::vector<double> log_A;
  std::vector<double> b;
  std::vector<double> T_activation;  // [K]
  std::vector<double> sign;          // of A
  std::vector<double> reverse_sign;  // the same, 0 where irreversible
  std::vector<double> delta_n;       // products less reactants, molecules

  // The first two molecules on either side; an empty slot holds n_species, whose concentration Kinetics sets to 1. A
  // third molecule is rare and stands in a list.
  static constexpr std::size_t n_slots = 2;
  using Slots = std::array<std::vector<Index>, n_slots>;  // each [n_reactions]
  Slots reactants;
  Slots products;  // empty where irreversible
  std::vector<ThirdMolecule> third_reactants;
  std::vector<ThirdMolecule> third_products;
  std::vector<General> general_reactants;
  std::vector<General> general_products;

  std::vector<Collider> colliders;
  std::vector<ThirdBody> third_bodies;  // three-body reactions first, then falloff
  std::size_t n_three_body = 0;
  FalloffTable falloff;  // in the order of third_bodies

  SpecialRates special;

  // Sums. Sources: reactions; targets: species.
  SparseSum net;  // net stoichiometry
  // Sources: derivatives of a direction's rate by its molecules: reactants' slots [n_slots * n_reactions], products'
  // slots, third_reactants, third_products, the terms of general_reactants and of general_products; then
  // third_bodies. Targets: d omega_row / d C_column at column * n_species + row.
  SparseSum derivatives;
  // Sources: third_bodies, then special.rates(); targets: species. What a change of sum(C) does.
  SparseSum dilution;
  std::size_t n_derivatives = 0;  // sources of the two, which have third_bodies in common
  std::size_t n_dilution() const { return third_bodies.size() + special.size(); }

 private:
  void add_side(Index reaction, const std::vector<PowerLaw>& side, Slots& slots, std::vector<ThirdMolecule>& thirds,
                std::vector<General>& generals);
  void add_third_bodies(const Mechanism& mechanism);
  void add_derivatives();
};

}  // namespace bimetal::chemistry
