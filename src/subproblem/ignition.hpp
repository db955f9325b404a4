#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "subproblem/reactor_equations.hpp"

namespace bimetal::subproblem {

/// What marks the ignition.
enum class IgnitionCriterion {
  temperature,  // its steepest rise
  OH,           // its largest mass fraction
  pressure      // its steepest rise, at constant volume
};
inline constexpr std::array<std::pair<const char*, IgnitionCriterion>, 3> ignition_criteria{
    {{"temperature", IgnitionCriterion::temperature},
     {"OH", IgnitionCriterion::OH},
     {"pressure", IgnitionCriterion::pressure}}};

struct IgnitionOptions {
  Constraint constraint = Constraint::constant_pressure;
  IgnitionCriterion criterion = IgnitionCriterion::temperature;
  double rtol = 1e-8;  // of the integration [1], in (0, 1)
  std::optional<double>
      atol{};         // of the mass fractions [1], > 0; none: so small that the first radicals are resolved
  double end = 10.0;  // the integration ends there if nothing has ignited before [s]
};

struct IgnitionResult {
  bool ignited = false;            // T has risen by 100 K
  std::optional<double> delay;     // time of what marks the ignition [s]
  std::string no_delay;            // if there is none: why, in a clause such as "T did not rise by ..."
  double final_temperature = 0.0;  // when it has stopped changing, or at the end [K]
  double final_pressure = 0.0;     // [Pa]
  double end_time = 0.0;           // when that was [s]
  double atol = 0.0;               // that was used
  std::vector<double> largest_Y;   // [n_species] along the way
};

/// Integrates an adiabatic, homogeneous reactor from the unburnt state (T [K], p [Pa], Y [n_species]) until it has
/// burnt: the temperature has risen by 100 K and changes by less than 0.01 K per e-fold of time; or to options.end.
///
/// Where chains start by dissociation alone radicals begin far below any usual tolerance, at 1e-20 and less in
/// hydrogen at 900 K, and the delay depends on the logarithm of what they begin with. The tolerance for mass
/// fractions therefore follows from the first rates of the species that are absent at the start.
///
/// UserError: a state or an option out of range. RuntimeFailure: CVODE fails. Local.
IgnitionResult ignite(const chemistry::Mechanism& mechanism, double T, double p, std::span<const double> Y,
                      const IgnitionOptions& options = {});

/// Scales [1 + n_species] for errors of a reactor's answers, from one ignition of the mixture Y at constant pressure
/// p [Pa]: for T the rise of temperature [K], for each mass fraction its largest value along the way, but at least
/// `floor`: species of no importance do not decide, and HO2 and H2O2 reach several times more in a flame, where
/// radicals diffuse into cold fuel, than in any homogeneous ignition (6e-4 in hydrogen-air). UserError: the mixture
/// does not ignite from 1300 K. Local.
std::vector<double> reference_scales(const chemistry::Mechanism& mechanism, double p, std::span<const double> Y,
                                     double floor = 5e-4);

}  // namespace bimetal::subproblem
