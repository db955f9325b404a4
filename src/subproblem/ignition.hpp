#pragma once

#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "subproblem/reactor_equations.hpp"

namespace bimetal::subproblem {

struct IgnitionOptions {
  Constraint constraint = Constraint::constant_pressure;
  double rtol = 1e-8;     // of the integration [1], in (0, 1)
  double atol = 1e-14;    // of the mass fractions [1], > 0
  double longest = 10.0;  // an ignition later than this is an error [s]
};

struct IgnitionResult {
  double delay = 0.0;              // time of the steepest rise of temperature [s]
  double final_temperature = 0.0;  // when it has stopped changing [K]
  double final_pressure = 0.0;     // [Pa]
  double end_time = 0.0;           // when that was [s]
  std::vector<double> largest_Y;   // [n_species] along the way
};

/// Integrates an adiabatic, homogeneous reactor from the unburnt state (T [K], p [Pa], Y [n_species]) until it has
/// burnt: the temperature has risen and changes by less than 0.01 K per e-fold of time.
/// UserError: the mixture does not ignite within options.longest. RuntimeFailure: CVODE fails. Local.
IgnitionResult ignite(const chemistry::Mechanism& mechanism, double T, double p, std::span<const double> Y,
                      const IgnitionOptions& options = {});

/// Scales [1 + n_species] for errors of a reactor's answers, from one ignition of the mixture Y at constant pressure
/// p [Pa]: for T the rise of temperature [K], for each mass fraction its largest value along the way, but at least
/// `floor`: species of no importance do not decide, and HO2 and H2O2 reach several times more in a flame, where
/// radicals diffuse into cold fuel, than in any homogeneous ignition (6e-4 in hydrogen-air). Local.
std::vector<double> reference_scales(const chemistry::Mechanism& mechanism, double p, std::span<const double> Y,
                                     double floor = 5e-4);

}  // namespace bimetal::subproblem
