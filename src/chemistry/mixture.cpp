#include "chemistry/mixture.hpp"

#include <fmt/ranges.h>

#include <cmath>

#include "chemistry/yaml_value.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {
namespace {

constexpr double nitrogen_per_oxygen = 3.76;  // by mole

/// Moles of O2 that an atom takes when it burns; nothing for elements whose products are not known.
std::optional<double> oxygen_of_atom(std::string_view element) {
  static constexpr std::pair<std::string_view, double> table[] = {
      {"C", 1.0},  {"H", 0.25}, {"D", 0.25}, {"O", -0.5}, {"N", 0.0},  {"S", 1.0},
      {"He", 0.0}, {"Ne", 0.0}, {"Ar", 0.0}, {"Kr", 0.0}, {"Xe", 0.0},
  };
  for (const auto& [name, moles] : table)
    if (name == element) return moles;
  return std::nullopt;
}

/// Moles of each species [n_species] in some amount of a blend.
std::vector<double> moles_of(const Mechanism& mechanism, const Blend& blend, Basis basis) {
  std::vector<double> moles(mechanism.n_species(), 0.0);
  double sum = 0.0;
  for (const auto& [name, amount] : blend.parts) {
    if (!(amount >= 0.0 && std::isfinite(amount)))
      throw core::UserError::format("the amount of {} in a mixture is {}; give a number from 0 on", name, amount);
    const auto k = mechanism.require_species(name);
    moles[k] += basis == Basis::mole ? amount : amount / mechanism.species[k].molecular_weight;
    sum += amount;
  }
  if (!(sum > 0.0))
    throw core::UserError::format("the mixture {} holds nothing; give an amount above 0", blend.text());
  return moles;
}

std::vector<double> moles_of_oxidizer(const Mechanism& mechanism, const Reactants& reactants) {
  if (!reactants.oxidizer.parts.empty()) return moles_of(mechanism, reactants.oxidizer, reactants.basis);
  std::vector<double> moles(mechanism.n_species(), 0.0);
  for (const auto& [name, amount] : {std::pair("O2", 1.0), std::pair("N2", nitrogen_per_oxygen)}) {
    const auto k = mechanism.find_species(name);
    if (!k)
      throw core::UserError::format(
          "the mechanism {} has no {}, of which air consists (O2 + 3.76 N2); give another oxidizer by its species, "
          "as "
          "in --oxidizer O2:1,AR:3.76 or initial.oxidizer: {{O2: 1, AR: 3.76}}",
          mechanism.source, name);
    moles[*k] = amount;
  }
  return moles;
}

/// Moles of O2 that this many moles of species need.
double total_need(const Mechanism& mechanism, const std::vector<double>& moles) {
  double need = 0.0;
  for (std::size_t k = 0; k < moles.size(); ++k) {
    if (moles[k] == 0.0) continue;
    const auto each = oxygen_need(mechanism, k);
    if (!each)
      throw core::UserError::format(
          "\"{}\" holds other elements than C, H, O, N, S and noble gases, so how it burns is not known; choose "
          "another "
          "species",
          mechanism.species[k].name);
    need += moles[k] * *each;
  }
  return need;
}

std::vector<double> moles_of_fuel(const Mechanism& mechanism, const Blend& fuel, Basis basis) {
  auto moles = moles_of(mechanism, fuel, basis);
  if (!(total_need(mechanism, moles) > 0.0))
    throw core::UserError::format("\"{}\" needs no oxygen to burn, so it cannot be a fuel; choose another species",
                                  fuel.text());
  return moles;
}

/// Turns moles into mass fractions, in place.
void normalise(const Mechanism& mechanism, std::vector<double>& amounts) {
  double mass = 0.0;
  for (std::size_t k = 0; k < amounts.size(); ++k) mass += amounts[k] *= mechanism.species[k].molecular_weight;
  for (double& amount : amounts) amount /= mass;
}

std::string_view trimmed(std::string_view word) {
  while (word.starts_with(' ')) word.remove_prefix(1);
  while (word.ends_with(' ')) word.remove_suffix(1);
  return word;
}

}  // namespace

std::string Blend::text() const {
  if (parts.size() == 1) return parts.front().first;
  std::vector<std::string> words;
  for (const auto& [name, amount] : parts) words.push_back(fmt::format("{}:{:g}", name, amount));
  return fmt::format("{}", fmt::join(words, ","));
}

std::optional<Blend> parse_blend(std::string_view text) {
  if (text.find(':') == std::string_view::npos)
    return trimmed(text).empty() ? std::nullopt : std::optional(Blend(std::string(trimmed(text))));
  Blend blend;
  while (!text.empty()) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto name = trimmed(text.substr(0, colon));
    text.remove_prefix(colon + 1);
    const auto comma = text.find(',');
    const auto amount = parse_number(trimmed(text.substr(0, comma)));
    if (name.empty() || !amount || *amount < 0.0) return std::nullopt;
    blend.parts.emplace_back(name, *amount);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return blend;
}

std::string Reactants::text() const {
  const std::string by = basis == Basis::mass ? " by mass" : "";
  return fmt::format("{} in {}{}", fuel.text(), oxidizer.parts.empty() ? "air" : oxidizer.text(), by);
}

std::vector<double> reactant_mixture(const Mechanism& mechanism, const Reactants& reactants, double phi) {
  if (!(phi >= 0.0 && phi < 1e6))
    throw core::UserError::format("equivalence ratio {} makes no mixture; give a number from 0 to 1e6", phi);
  const auto fuel = moles_of_fuel(mechanism, reactants.fuel, reactants.basis);
  auto amounts = moles_of_oxidizer(mechanism, reactants);
  const double oxygen = -total_need(mechanism, amounts);
  if (!(oxygen > 0.0))
    throw core::UserError::format("\"{}\" has no oxygen to give, so it cannot be an oxidizer; add O2 to it",
                                  reactants.oxidizer.text());
  const double fuel_moles = phi / (total_need(mechanism, fuel) / oxygen);
  for (std::size_t k = 0; k < amounts.size(); ++k) amounts[k] += fuel_moles * fuel[k];
  normalise(mechanism, amounts);
  return amounts;
}

std::vector<double> blend_mole_fractions(const Mechanism& mechanism, const Blend& blend, Basis basis) {
  auto moles = moles_of(mechanism, blend, basis);
  double sum = 0.0;
  for (double each : moles) sum += each;
  for (double& each : moles) each /= sum;
  return moles;
}

std::vector<double> oxidizer_mixture(const Mechanism& mechanism, const Reactants& reactants) {
  auto amounts = moles_of_oxidizer(mechanism, reactants);
  normalise(mechanism, amounts);
  return amounts;
}

std::vector<double> fuel_air_mixture(const Mechanism& mechanism, std::string_view fuel, double phi) {
  return reactant_mixture(mechanism, {.fuel = std::string(fuel)}, phi);
}

std::vector<double> air(const Mechanism& mechanism) { return oxidizer_mixture(mechanism, {}); }

std::optional<double> oxygen_need(const Mechanism& mechanism, std::size_t k) {
  double oxygen = 0.0;
  for (std::size_t e = 0; e < mechanism.n_elements(); ++e) {
    const double atoms = mechanism.species[k].atoms[e];
    if (atoms == 0.0) continue;
    const auto each = oxygen_of_atom(mechanism.elements[e].name);
    if (!each) return std::nullopt;
    oxygen += atoms * *each;
  }
  return oxygen;
}

double stoichiometric_oxygen(const Mechanism& mechanism, std::string_view fuel) {
  const auto moles = moles_of_fuel(mechanism, std::string(fuel), Basis::mole);
  return total_need(mechanism, moles) * mechanism.species[mechanism.require_species("O2")].molecular_weight /
         mechanism.species[mechanism.require_species(fuel)].molecular_weight;
}

}  // namespace bimetal::chemistry
