#pragma once

#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// Refuses a reaction that is there twice without `duplicate: true` in both places, where its rate would count twice
/// by mistake. The same are reactions of one kind and form of rate with the same reactants and products, also one the
/// reverse of the other if either is reversible, that share a third body.
///
/// Refuses a reaction declared a duplicate whose partner got lost. The flag changes no rate, and files have it also
/// on pairs that are not the same: one-way reactions in opposite directions, or M beside a collider written out. So a
/// partner is any other declared duplicate that changes the same species.
///
/// `where`: [n_reactions] entries of the file. Local.
void check_duplicates(const Mechanism& mechanism, const std::vector<YamlValue>& where);

}  // namespace bimetal::chemistry
