#pragma once

#include <string>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// Reads a mechanism in the Cantera YAML format: an ideal-gas phase, NASA-7 thermodynamics, Lennard-Jones transport
/// data (optional, unless the phase names a transport model), and elementary, three-body, Lindemann and Troe falloff
/// reactions. Of several phases the first counts. Format: https://cantera.org/documentation, "YAML input file
/// reference". Whatever else the format knows, whatever is malformed, and numbers with which rates, temperatures or
/// masses would not be finite, are a UserError naming file, line and the species or reaction.
/// Local; under MPI root reads the text, broadcasts it, and all ranks parse_mechanism() it.
Mechanism read_mechanism(const std::string& path);

/// The same from text; `source_name` stands for the file in messages. Local.
Mechanism parse_mechanism(const std::string& text, const std::string& source_name);

}  // namespace bimetal::chemistry
