#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bimetal::chemistry {

/// Standard atomic weight [kg/kmol] of an element by its symbol ("H", "Ar"), if the table has it. IUPAC, abridged
/// values of 2021 (Prohaska et al., Pure Appl. Chem. 94 (2022) 573). "E" is the electron, by which files give the
/// charge of a species. Local.
std::optional<double> atomic_weight(std::string_view symbol);

/// The symbol of the table that is meant by "AR", "ar" or "Ar"; what is not in the table stays as it is written.
/// Local.
std::string element_symbol(std::string_view written);

}  // namespace bimetal::chemistry
