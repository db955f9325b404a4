#include "chemistry/species_transport.hpp"

#include <cmath>
#include <numbers>

#include "chemistry/collision_integrals.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

using std::numbers::pi;

constexpr double boltzmann = 1.380649e-23;             // [J/K], exact since the SI of 2019
constexpr double avogadro = gas_constant / boltzmann;  // [1/kmol]
constexpr double angstrom = 1e-10;                     // [m]
// 1 Debye is 1e-18 esu cm, so Debye^2 / Angstrom^3 is 1e-12 erg, or 1e-19 J; over Boltzmann's constant [K].
constexpr double debye2_per_angstrom3 = 1e-19 / boltzmann;

const LennardJones& data_of(const Species& species) {
  EXPECT(species.transport.has_value());
  return *species.transport;
}

/// How two molecules meet.
struct Encounter {
  double diameter;    // [Angstrom]
  double well_depth;  // over Boltzmann's constant [K]
  double delta_star;  // reduced dipoles [1]
};

double delta_star(double dipole_a, double dipole_b, double well_depth, double diameter) {
  return 0.5 * debye2_per_angstrom3 * dipole_a * dipole_b / (well_depth * std::pow(diameter, 3));
}

/// 1 + what an induced dipole adds: a quarter of the polarizability, reduced by the diameter of the nonpolar
/// molecule, times the square of the dipole, reduced by well depth and diameter of the polar one, times the root of
/// the ratio of the well depths (Hirschfelder, Curtiss & Bird, sec. 8.6b).
double induction(const LennardJones& polar, const LennardJones& nonpolar) {
  const double polarizability = nonpolar.polarizability / std::pow(nonpolar.diameter, 3);
  const double dipole2 = 2.0 * delta_star(polar.dipole, polar.dipole, polar.well_depth, polar.diameter);
  return 1.0 + 0.25 * polarizability * dipole2 * std::sqrt(polar.well_depth / nonpolar.well_depth);
}

Encounter encounter(const LennardJones& a, const LennardJones& b) {
  const bool a_polar = a.dipole > 0.0;
  const bool b_polar = b.dipole > 0.0;
  const double xi = a_polar == b_polar ? 1.0 : a_polar ? induction(a, b) : induction(b, a);
  const double diameter = 0.5 * (a.diameter + b.diameter) * std::pow(xi, -1.0 / 6.0);
  const double well_depth = std::sqrt(a.well_depth * b.well_depth) * xi * xi;
  return {diameter, well_depth, delta_star(a.dipole, b.dipole, well_depth, diameter)};
}

double square(double x) { return x * x; }

/// Heat capacity of rotation over the gas constant.
double rotational_heat_capacity(Geometry geometry) {
  switch (geometry) {
    case Geometry::atom: return 0.0;
    case Geometry::linear: return 1.0;
    case Geometry::nonlinear: return 1.5;
  }
  return 0.0;
}

/// By what factor attraction makes collisions relax rotation more readily than at high temperature (Parker 1959).
double relaxation_factor(double inverse_T_star) {
  const double root = std::sqrt(inverse_T_star);
  const double pi_3_2 = std::pow(pi, 1.5);
  return 1.0 + root * (0.5 * pi_3_2 + root * (0.25 * pi * pi + 2.0 + root * pi_3_2));
}

}  // namespace

double species_viscosity(const Species& species, double T) {
  const LennardJones& data = data_of(species);
  const Encounter self = encounter(data, data);
  const double mass = species.molecular_weight / avogadro;
  const double cross_section =
      pi * square(self.diameter * angstrom) * collision_integral_22(T / self.well_depth, self.delta_star);
  return 5.0 / 16.0 * std::sqrt(pi * mass * boltzmann * T) / cross_section;
}

double species_conductivity(const Species& species, double T, double cp) {
  const LennardJones& data = data_of(species);
  const Encounter self = encounter(data, data);
  const double rotation = rotational_heat_capacity(data.geometry);
  const double vibration = cp * species.molecular_weight / gas_constant - 2.5 - rotation;  // and electronic
  const double relaxation = data.rotational_relaxation * relaxation_factor(data.well_depth / 298.0) /
                            relaxation_factor(data.well_depth / T);

  // Density times self-diffusivity over viscosity: what carries internal energy.
  const double diffusion = 1.2 * collision_integral_ratio(T / self.well_depth, self.delta_star);
  const double exchange = 2.0 / pi * (2.5 - diffusion) / (relaxation + 2.0 / pi * (5.0 / 3.0 * rotation + diffusion));
  const double translational = 2.5 * (1.5 - rotation * exchange);
  const double rotational = diffusion * (1.0 + exchange) * rotation;
  return species_viscosity(species, T) * gas_constant / species.molecular_weight *
         (translational + rotational + diffusion * vibration);
}

double binary_diffusivity(const Species& a, const Species& b, double T, double p) {
  const Encounter pair = encounter(data_of(a), data_of(b));
  const double reduced_mass =
      a.molecular_weight * b.molecular_weight / (a.molecular_weight + b.molecular_weight) / avogadro;
  const double cross_section =
      pi * square(pair.diameter * angstrom) * collision_integral_11(T / pair.well_depth, pair.delta_star);
  return 3.0 / 16.0 * std::sqrt(2.0 * pi * std::pow(boltzmann * T, 3) / reduced_mass) / (p * cross_section);
}

}  // namespace bimetal::chemistry
