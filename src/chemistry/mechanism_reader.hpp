#pragma once

#include <optional>
#include <string>

#include "chemistry/mechanism.hpp"
#include "chemistry/mechanism_files.hpp"

namespace bimetal::chemistry {

struct MechanismOptions {
  std::optional<std::string> phase{};  // by its name; none: the first ideal gas
  FileReader read_file{};              // for the files that the mechanism refers to; empty: read_local_file
};

/// Reads a mechanism in the Cantera YAML format: an ideal-gas phase, thermodynamics by NASA's polynomials, Shomate's
/// or a constant heat capacity, Lennard-Jones transport data (optional, unless the phase names a transport model),
/// and elementary, three-body, Lindemann and Troe falloff reactions. Format: https://cantera.org/documentation, "YAML
/// input file reference". Whatever else of the format would change an answer, whatever is malformed, and numbers with
/// which rates, temperatures or masses would not be finite, are a UserError naming file, line and the species or
/// reaction. What the reader chooses or mends, Mechanism::remarks says.
/// Local; under MPI root reads the text, broadcasts it, and all ranks parse_mechanism() it.
Mechanism read_mechanism(const std::string& path, const MechanismOptions& options = {});

/// Reads a mechanism from text; `source_name` stands for the file in messages, and other files are relative to its folder.
/// Local, if options.read_file is.
Mechanism parse_mechanism(const std::string& text, const std::string& source_name,
                          const MechanismOptions& options = {});

}  // namespace bimetal::chemistry
