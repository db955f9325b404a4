#pragma once

#include <optional>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// What was mended in a fit, for a warning.
struct MendedFit {
  struct Seam {
    double T;     // at which two ranges meet [K]
    double step;  // of the enthalpy from the lower to the upper one, in kelvins of the species' own heat capacity
  };
  std::vector<Seam> seams;
  std::optional<double> T_end;  // beyond which it is continued, for its heat capacity is not positive further on [K]
  std::optional<double> T_begin;  // the same below [K]
};

/// Makes a thermodynamic fit one from which temperatures can be found, and says what had to be done. Where the
/// enthalpies of two ranges differ by more than round-off the upper range is moved by the constant of its enthalpy;
/// where the heat capacity is not positive far from the temperatures of combustion, the fit ends before that.
/// Refuses what is beyond such mending: ranges that are narrow or far from those of combustion, ranges that differ by
/// more than 100 K, a heat capacity that is not positive between 200 and 3500 K, properties that are not finite.
/// Local.
MendedFit mend_fit(const YamlValue& where, ThermoFit& fit);

}  // namespace bimetal::chemistry
