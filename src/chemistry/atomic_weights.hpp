#pragma once

#include <optional>
#include <string_view>

namespace bimetal::chemistry {

/// Standard atomic weight [kg/kmol] of an element by its symbol ("H", "Ar"), if the table has it. IUPAC, abridged
/// values of 2021 (Prohaska et al., Pure Appl. Chem. 94 (2022) 573). Local.
std::optional<double> atomic_weight(std::string_view symbol);

}  // namespace bimetal::chemistry
