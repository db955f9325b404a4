#pragma once

#include <cmath>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "chemistry/mechanism.hpp"

namespace bimetal::testing {

/// A species with cp/R = cp_R + slope·T between 200 K and 5000 K; atoms of H, O, N.
inline chemistry::Species species(std::string name, std::vector<double> atoms, double weight, double cp_R,
                                  double slope) {
  chemistry::Species result;
  result.name = std::move(name);
  result.atoms = std::move(atoms);
  result.molecular_weight = weight;
  const chemistry::FitRange range{.a = {cp_R, slope}};
  result.thermo = {{200.0, 1000.0, 5000.0}, {range, range}};
  return result;
}

/// The same with transport data.
inline chemistry::Species with(const chemistry::LennardJones& transport, chemistry::Species species) {
  species.transport = transport;
  return species;
}

// From the transport data of GRI-Mech 3.0 (Smith et al., 1999).
inline constexpr chemistry::LennardJones hydrogen_molecule{chemistry::Geometry::linear, 38.0, 2.92, 0.0, 0.79, 280.0};
inline constexpr chemistry::LennardJones oxygen_molecule{chemistry::Geometry::linear, 107.4, 3.458, 0.0, 1.6, 3.8};
inline constexpr chemistry::LennardJones water_molecule{
    chemistry::Geometry::nonlinear, 572.4, 2.605, 1.844, 0.0, 4.0};
inline constexpr chemistry::LennardJones nitrogen_molecule{chemistry::Geometry::linear, 97.53, 3.621, 0.0, 1.76, 4.0};

inline chemistry::Mechanism gas_of(std::vector<chemistry::Species> all) {
  chemistry::Mechanism gas;
  gas.name = "test";
  gas.source = "a test";
  gas.elements = {{"H", 1.008}, {"O", 15.999}, {"N", 14.007}};
  gas.species = std::move(all);
  return gas;
}

/// Two species alike in all but their name, of Lewis number 1: Y diffuses with a coefficient that depends on T only.
inline chemistry::Mechanism twin_gas() {
  return gas_of({with(nitrogen_molecule, species("A", {0, 0, 2}, 28.014, 3.5, 0.0)),
                 with(nitrogen_molecule, species("B", {0, 0, 2}, 28.014, 3.5, 0.0))});
}

/// Hydrogen, oxygen, steam and nitrogen: unequal weights, heat capacities and diffusivities (about those of the
/// real ones), so that nothing cancels.
inline chemistry::Mechanism wet_hydrogen() {
  return gas_of({with(hydrogen_molecule, species("H2", {2, 0, 0}, 2.016, 3.4, 3e-4)),
                 with(oxygen_molecule, species("O2", {0, 2, 0}, 31.998, 3.5, 6e-4)),
                 with(water_molecule, species("H2O", {2, 1, 0}, 18.015, 3.7, 1.2e-3)),
                 with(nitrogen_molecule, species("N2", {0, 0, 2}, 28.014, 3.4, 4e-4))});
}

/// A smooth periodic state of wet_hydrogen at angles `angle` [radian] along the axes in use.
inline void smooth_row(std::span<const double> angle, std::span<double> row) {
  double wave = 0.0, other = 0.0;
  for (std::size_t axis = 0; axis < angle.size(); ++axis) {
    wave += std::sin(angle[axis]) / static_cast<double>(angle.size());
    other += std::cos(angle[axis] + 0.7) / static_cast<double>(angle.size());
  }
  row[0] = 900.0 + 500.0 * wave;
  row[1] = 0.02 + 0.015 * other;
  row[2] = 0.20 + 0.05 * wave;
  row[3] = 0.10 + 0.08 * wave * other;
  row[4] = 1.0 - row[1] - row[2] - row[3];
}

}  // namespace bimetal::testing
