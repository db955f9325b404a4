#pragma once

#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"

namespace bimetal::subproblem {

/// The gas that adiabatic combustion at constant pressure leaves behind: row [1 + n_species] of T [K] and Y_1..Y_N
/// with the enthalpy and the element masses of the unburnt gas (T [K], p [Pa], Y [n_species]).
///
/// First every species of C, H, O, N and S burns to CO2, H2O, N2 and SO2, as far as the oxygen goes; then the
/// mechanism's own kinetics have one second to relax that. Gas above 1800 K is then in chemical equilibrium. Gas too
/// cold to react keeps the complete products and, where it is rich, what is left of its fuel. In between, rich
/// hydrocarbons (methane from an equivalence ratio of 2) take longer than that to reform and are what a second makes
/// of them. Cold air stays air, and fuel without oxygen stays fuel. UserError: T or p out of range. RuntimeFailure:
/// CVODE fails. Local.
std::vector<double> burnt_gas(const chemistry::Mechanism& mechanism, double T, double p, std::span<const double> Y);

}  // namespace bimetal::subproblem
