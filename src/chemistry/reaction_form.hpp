#pragma once

#include <string>

#include "chemistry/equation.hpp"
#include "chemistry/mechanism.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// How an entry of a reaction list gives its rate.
enum class RateForm { arrhenius, falloff, chemically_activated, by_pressure, chebyshev, blowers_masel };

/// What the type of a reaction says, or its equation if it has no type.
struct ReactionForm {
  /// Whether a species on both sides may be the third body, is none, or must be one.
  enum class Collider { possible, none, required };

  RateForm rate = RateForm::arrhenius;
  Collider collider = Collider::possible;
  std::string broadening;  // "Troe" if the type is falloff-Troe; "" if the type does not name it

  /// `with_M`: the equation has M as a reactant.
  ReactionKind kind(bool with_M) const;
};

/// Refuses a type that is not known, or that contradicts the third body of the equation. Local.
ReactionForm read_form(const YamlValue& entry, const Equation& equation);

/// Refuses keys that would change the rate if they were read: those of other forms, misspelt ones, and unknown ones
/// that hold lists or maps, as all data of the format do. Notes may stay. Local.
void check_reaction_keys(const YamlValue& entry, RateForm form);

}  // namespace bimetal::chemistry
