#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bimetal::chemistry {

/// A reaction equation as written, by names. Terms of the same species on one side are added up.
struct Equation {
  struct Term {
    std::string species;
    double coefficient;
  };
  enum class Collider { none, any, any_falloff, one_falloff };  // nothing, + M, (+M), (+ species)

  std::vector<Term> reactants;  // third body left out
  std::vector<Term> products;
  bool reversible = true;
  Collider collider = Collider::none;
  std::string collider_species;  // of one_falloff
};

/// Parses an equation such as "H + O2 (+M) <=> HO2 (+M)": names, "+" and the arrow ("<=>", "=", "=>") separated by
/// blanks, coefficients whole or fractional before the name. Throws EquationError. Local.
Equation parse_equation(std::string_view text);

/// Why an equation cannot be parsed; who knows file and line turns it into a UserError.
struct EquationError {
  std::string reason;
};

}  // namespace bimetal::chemistry
