#pragma once

#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// Refuses a reaction that is there twice without `duplicate: true` in both places, where its rate would count twice
/// by mistake, and one declared a duplicate of none, whose partner got lost. The same are reactions of one kind with
/// the same reactants and products, also one the reverse of the other if either is reversible, that share a third
/// body. `where`: [n_reactions] entries of the file. Local.
void check_duplicates(const Mechanism& mechanism, const std::vector<YamlValue>& where);

}  // namespace bimetal::chemistry
