#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/quartics.hpp"

namespace bimetal::chemistry {

/// Viscosity, thermal conductivity and mixture-averaged diffusivities of a gas mixture from the molecular data of its
/// species. Kee, Coltrin & Glarborg, Chemically Reacting Flow (2003), ch. 12.
///
/// Properties of species and pairs (species_transport.hpp) are fitted at construction by quartics in ln T, after
/// dividing out how those of hard spheres depend on T; rules of mixtures combine them. From T_min to T_max the fits
/// hold to largest_fit_error(); beyond, the collision integrals keep their values at the end, so nothing runs away.
///
/// T [K], p [Pa]. Y: [n_species] mass fractions; small negative ones, which transport schemes leave, count as none,
/// and their sum need not be exactly 1. cp: [n_species] heat capacities of the species at T [J/kg/K], as by
/// Thermodynamics::species_cp(): conductivity is linear in them, and no smooth fit follows their kinks (2 % off).
///
/// Holds its work space and allocates nothing after construction, so one object serves one thread; it keeps no
/// reference to the mechanism. evaluate() takes 0.2 us for 9 species, 0.5 us for 21 (one 2.4 GHz core with AVX2). All
/// functions Local.
class MixtureAveragedTransport {
 public:
  /// UserError: a species without transport data.
  explicit MixtureAveragedTransport(const Mechanism& mechanism);

  struct Properties {
    double viscosity;     // [Pa s]
    double conductivity;  // [W/m/K]
  };

  /// All that follows at once. D: [n_species] out [m^2/s].
  Properties evaluate(double T, double p, std::span<const double> Y, std::span<const double> cp, std::span<double> D);

  /// Dynamic viscosity [Pa s]. C. R. Wilke, J. Chem. Phys. 18 (1950) 517.
  double viscosity(double T, std::span<const double> Y);

  /// Thermal conductivity [W/m/K]: the mean of the arithmetic and the harmonic mean over the mole fractions.
  /// S. Mathur, P. K. Tondon & S. C. Saxena, Mol. Phys. 12 (1967) 569.
  double conductivity(double T, std::span<const double> Y, std::span<const double> cp);

  /// Diffusivity of every species in the mixture, D_k = (1 - Y_k) / sum_{j != k} X_j / D_jk; D: [n_species] out
  /// [m^2/s]. It belongs to the diffusive mass flux -rho (M_k / M) D_k grad X_k; these sum to zero only with a
  /// correction velocity. For a pure gas in itself the formula is 0/0: so every species counts with a mole fraction
  /// of 1e-10 more than it has, and D_k becomes that of equal traces of all the others. A lone species has 0.
  void diffusivities(double T, double p, std::span<const double> Y, std::span<double> D);

  static constexpr double T_min = 200.0;   // [K]
  static constexpr double T_max = 3500.0;  // [K]

  std::size_t n_species() const { return n_; }
  /// Largest relative error of a fitted property of a species or of a pair.
  double largest_fit_error() const { return largest_fit_error_; }

 private:
  void fit_species(std::size_t k, const Species& species);
  void fit_pair(std::size_t j, std::size_t k, const Mechanism& mechanism);
  void set_composition(std::span<const double> Y);
  double mix_viscosities(double T, double x);
  double mix_conductivities(double T, double x, std::span<const double> cp);
  void mix_diffusivities(double T, double p, double x, std::span<double> D);

  std::size_t n_;                     // species
  std::vector<double> weights_;       // M: [n] [kg/kmol]
  std::vector<double> root_weights_;  // [n] M^1/2
  double total_weight_ = 0.0;         // sum of M [kg/kmol]
  std::vector<double> pair_factors_;  // [n, n] (8 (M_j + M_k))^-1/2, symmetric

  // Fits, as functions of x, which goes from -1 at ln T_min to 1 at ln T_max.
  Quartics diameters_;            // [n] (M T)^1/4 mu^-1/2: the diameter of hard spheres of this viscosity, scaled
  Quartics conductivities_;       // [n] lambda T^-1/2, extrapolated to cp = 0
  Quartics conductivity_slopes_;  // [n] d (lambda T^-1/2) / d cp
  Quartics resistances_;          // [n, n] T^3/2 / (p D_jk), symmetric; 0 for j = k
  double largest_fit_error_ = 0.0;

  // Work space.
  std::vector<double> X_;       // [n] mole fractions with the trace
  double mean_weight_ = 0.0;    // of X_ [kg/kmol]
  std::vector<double> values_;  // [n] of species
  std::vector<double> slopes_;  // [n]
  std::vector<double> pairs_;   // [n, n]
  std::vector<double> sums_;    // [n] over the partners of a species
};

}  // namespace bimetal::chemistry
