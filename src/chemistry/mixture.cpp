#include "chemistry/mixture.hpp"

#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

constexpr double nitrogen_per_oxygen = 3.76;  // by mole

/// Molecules of O2 that burn one molecule of the fuel to CO2 and H2O.
double oxygen_molecules(const Mechanism& mechanism, std::string_view fuel) {
  const Species& species = mechanism.species[mechanism.require_species(fuel)];
  double oxygen = 0.0;
  for (std::size_t e = 0; e < mechanism.n_elements(); ++e) {
    const double atoms = species.atoms[e];
    const auto& name = mechanism.elements[e].name;
    if (name == "C")
      oxygen += atoms;
    else if (name == "H")
      oxygen += atoms / 4.0;
    else if (name == "O")
      oxygen -= atoms / 2.0;
    else if (atoms != 0.0)
      throw core::UserError::format("\"{}\" holds {}, so it cannot be a fuel; choose a species of C, H and O", fuel,
                                    name);
  }
  if (!(oxygen > 0.0))
    throw core::UserError::format("\"{}\" needs no oxygen to burn, so it cannot be a fuel; choose another species",
                                  fuel);
  return oxygen;
}

/// Turns moles into mass fractions, in place.
void normalise(const Mechanism& mechanism, std::vector<double>& amounts) {
  double mass = 0.0;
  for (std::size_t k = 0; k < amounts.size(); ++k) mass += amounts[k] *= mechanism.species[k].molecular_weight;
  for (double& amount : amounts) amount /= mass;
}

std::vector<double> moles_of_air(const Mechanism& mechanism) {
  std::vector<double> moles(mechanism.n_species(), 0.0);
  moles[mechanism.require_species("O2")] = 1.0;
  moles[mechanism.require_species("N2")] = nitrogen_per_oxygen;
  return moles;
}

}  // namespace

std::vector<double> fuel_air_mixture(const Mechanism& mechanism, std::string_view fuel, double phi) {
  if (!(phi >= 0.0 && phi < 1e6))
    throw core::UserError::format("equivalence ratio {} makes no mixture; give a number from 0 to 1e6", phi);
  const double fuel_moles = phi / oxygen_molecules(mechanism, fuel);
  auto amounts = moles_of_air(mechanism);
  amounts[mechanism.require_species(fuel)] += fuel_moles;
  normalise(mechanism, amounts);
  return amounts;
}

std::vector<double> air(const Mechanism& mechanism) {
  auto amounts = moles_of_air(mechanism);
  normalise(mechanism, amounts);
  return amounts;
}

double stoichiometric_oxygen(const Mechanism& mechanism, std::string_view fuel) {
  const double molecules = oxygen_molecules(mechanism, fuel);
  return molecules * mechanism.species[mechanism.require_species("O2")].molecular_weight /
         mechanism.species[mechanism.require_species(fuel)].molecular_weight;
}

}  // namespace bimetal::chemistry
