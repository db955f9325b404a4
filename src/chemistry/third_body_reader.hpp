#pragma once

#include <cstddef>
#include <string>

#include "chemistry/equation.hpp"
#include "chemistry/mechanism.hpp"
#include "chemistry/reaction_form.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

enum class UndeclaredThirdBodies { refuse, skip };

/// What the third body of a reaction is read from.
struct ThirdBodySource {
  const YamlValue& entry;  // of the reaction list
  const Equation& equation;
  const ReactionForm& form;
  const Mechanism& mechanism;
  UndeclaredThirdBodies undeclared;
};

/// Reads the efficiencies of a reaction whose kind and sides have been read. One molecule of a collider that is
/// written out with an efficiency of its own moves from both sides into the third body. Local.
void read_third_body(const ThirdBodySource& from, Reaction& reaction);

/// The index of a species that a reaction names; a UserError if the phase does not have it. Local.
std::size_t require_declared(const YamlValue& entry, const Mechanism& mechanism, const std::string& name);

}  // namespace bimetal::chemistry
