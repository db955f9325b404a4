#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// Chooses the phase of this name from the list, or the first ideal gas. If that is not the first phase, `remarks`
/// says so. A UserError lists the phases if none fits, or if the one that is asked for is no ideal gas. Local.
YamlValue choose_phase(const YamlValue& phases, const std::optional<std::string>& name,
                       std::vector<std::string>& remarks);

}  // namespace bimetal::chemistry
