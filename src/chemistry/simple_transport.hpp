#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// Transport with a fixed Lewis number per species: one power law of temperature gives everything.
/// M. D. Smooke & V. Giovangigli, "Formulation of the premixed and nonpremixed test problems", in: Reduced Kinetic
/// Mechanisms and Asymptotic Approximations for Methane-Air Flames, Lecture Notes in Physics 384 (Springer, 1991) 1.
class SimpleTransport {
 public:
  /// Lewis numbers by species name, in whatever case, from the cited table of 16 species. One that is not in it has
  /// that of its molecular data (lewis_numbers.hpp), or 1 if the mechanism has no such data. UserError: two species
  /// fit an entry of the table. Local.
  explicit SimpleTransport(const Mechanism& mechanism);

  /// lambda/cp [kg/m/s] at T [K]: 2.58e-5 (T / 298 K)^0.7. Local.
  static double conductivity_over_cp(double T) { return 2.58e-5 * std::pow(T / 298.0, 0.7); }
  /// Dynamic viscosity [Pa s] at T [K]: Prandtl number 0.75. Local.
  static double viscosity(double T) { return prandtl_number * conductivity_over_cp(T); }

  std::size_t n_species() const { return lewis_.size(); }
  std::span<const double> lewis() const { return lewis_; }                  // [n_species]
  std::span<const double> inverse_lewis() const { return inverse_lewis_; }  // [n_species]
  bool known(std::size_t k) const { return known_[k]; }                     // not just 1 for want of data
  /// Density times diffusivity of species k into the mixture [kg/m/s] at T [K]. Local.
  double density_times_diffusivity(std::size_t k, double T) const {
    return inverse_lewis_[k] * conductivity_over_cp(T);
  }

  static constexpr double prandtl_number = 0.75;

 private:
  std::vector<double> lewis_;
  std::vector<double> inverse_lewis_;
  std::vector<bool> known_;
};

}  // namespace bimetal::chemistry
