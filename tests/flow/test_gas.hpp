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
  result.thermo = {200.0, 1000.0, 5000.0, {cp_R, slope}, {cp_R, slope}};
  return result;
}

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
  return gas_of({species("A", {0, 0, 2}, 28.014, 3.5, 0.0), species("B", {0, 0, 2}, 28.014, 3.5, 0.0)});
}

/// Hydrogen, oxygen, steam and nitrogen: unequal weights, heat capacities and Lewis numbers (about those of the
/// real ones), so that nothing cancels.
inline chemistry::Mechanism wet_hydrogen() {
  return gas_of({species("H2", {2, 0, 0}, 2.016, 3.4, 3e-4), species("O2", {0, 2, 0}, 31.998, 3.5, 6e-4),
                 species("H2O", {2, 1, 0}, 18.015, 3.7, 1.2e-3), species("N2", {0, 0, 2}, 28.014, 3.4, 4e-4)});
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
