#include "chemistry/lewis_numbers.hpp"

#include "chemistry/species_transport.hpp"
#include "chemistry/thermodynamics.hpp"

namespace bimetal::chemistry {

std::vector<std::optional<double>> lewis_numbers_in_air(const Mechanism& mechanism) {
  constexpr double T = 1000.0, X_O2 = 0.21, X_N2 = 0.79;
  constexpr double p = standard_pressure;
  std::vector<std::optional<double>> lewis(mechanism.n_species());
  const auto O2 = mechanism.find_species("O2"), N2 = mechanism.find_species("N2");
  if (!O2 || !N2) return lewis;
  const auto &oxygen = mechanism.species[*O2], &nitrogen = mechanism.species[*N2];
  if (!oxygen.transport || !nitrogen.transport) return lewis;

  const Thermodynamics thermodynamics(mechanism);
  std::vector<double> X(mechanism.n_species()), Y(mechanism.n_species()), cp(mechanism.n_species());
  X[*O2] = X_O2;
  X[*N2] = X_N2;
  thermodynamics.mass_from_mole_fractions(X, Y);
  thermodynamics.species_cp(T, cp);
  const double of_oxygen = species_conductivity(oxygen, T, cp[*O2]);
  const double of_nitrogen = species_conductivity(nitrogen, T, cp[*N2]);
  const double conductivity =
      0.5 * (X_O2 * of_oxygen + X_N2 * of_nitrogen + 1.0 / (X_O2 / of_oxygen + X_N2 / of_nitrogen));
  const double diffusivity_of_heat = conductivity / (thermodynamics.density(T, p, Y) * thermodynamics.cp(T, Y));
  for (std::size_t k = 0; k < lewis.size(); ++k) {
    const auto& species = mechanism.species[k];
    if (!species.transport) continue;
    const double resistance =
        X_O2 / binary_diffusivity(species, oxygen, T, p) + X_N2 / binary_diffusivity(species, nitrogen, T, p);
    lewis[k] = diffusivity_of_heat * resistance;
  }
  return lewis;
}

}  // namespace bimetal::chemistry
