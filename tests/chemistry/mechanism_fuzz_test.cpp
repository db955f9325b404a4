// Damaged mechanism files (tests/support/fuzzing.hpp says how to have more of them, or one again).
// BIMETAL_GRI30=<gri30.yaml of the Cantera project> adds that file.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "../support/fuzzing.hpp"
#include "../support/sentence.hpp"
#include "chemistry/cold_gas.hpp"
#include "chemistry/kinetics.hpp"
#include "chemistry/mechanism_reader.hpp"
#include "chemistry/mixture_averaged_transport.hpp"
#include "chemistry/thermodynamics.hpp"
#include "core/error.hpp"
#include "core/finite.hpp"
#include "mechanism_mutations.hpp"
#include "reference_states.hpp"
#include "special_mechanism.hpp"

namespace bimetal::chemistry {
namespace {

using bimetal::testing::Dice;
using bimetal::testing::Mutant;
using bimetal::testing::Verdict;

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The two smallest come first.
std::vector<std::string> originals() {
  std::vector<std::string> texts{testing::special_mechanism, read_text(testing::mechanism_path("h2_burke2012")),
                                 read_text(testing::mechanism_path("ch4_gri30_21"))};
  if (const char* const path = std::getenv("BIMETAL_GRI30")) texts.push_back(read_text(path));
  return texts;
}

/// Small files most often: they are the quickest.
Mutant mutant_of(const std::vector<std::string>& texts, Dice& dice) {
  const std::size_t original = dice.below(4) == 0 ? 2 + dice.below(texts.size() - 2) : dice.below(2);
  const std::string& donor = texts[(original + 1) % texts.size()];
  return bimetal::testing::mutate(texts[original], testing::mechanism_mutations(donor), dice);
}

/// A mixture of all species alike, and a pure one, at a flame's conditions.
constexpr double T = 1500.0;    // [K]
constexpr double p = 101325.0;  // [Pa]

std::vector<double> uniform(const Mechanism& mechanism) {
  return std::vector<double>(mechanism.n_species(), 1.0 / static_cast<double>(mechanism.n_species()));
}

/// In the uniform mixture and in a pure species, where most concentrations are zero; with their derivatives where
/// absurd thermodynamics do not drive the rates to the end of what a number can be.
bool rates_are_finite(const Mechanism& mechanism) {
  const std::size_t n = mechanism.n_species();
  const double total = p / (gas_constant * T);
  std::vector<double> pure(n, 0.0);
  pure.front() = total;
  const std::vector<double> mixed(n, total / static_cast<double>(n));
  Kinetics kinetics(mechanism);
  std::vector<double> omega(n), omega_T(n), omega_C(n * n);
  for (const auto& C : {mixed, pure}) {
    kinetics.net_production_rates_and_derivatives(T, C, omega, omega_T, omega_C);
    if (!core::all_finite(omega)) return false;
    const auto moderate = [](double rate) { return std::abs(rate) < 1e200; };
    if (!std::all_of(omega.begin(), omega.end(), moderate)) continue;
    if (!core::all_finite(omega_T) || !core::all_finite(omega_C)) return false;
  }
  return true;
}

bool cold_gas_is_bounded(const Mechanism& mechanism) {
  const std::vector<double> C(mechanism.n_species(), 0.01);
  return !std::isnan(ColdGas(mechanism, 500.0).rate_bound(C));
}

bool finds_temperature(const Mechanism& mechanism) {
  const Thermodynamics thermodynamics(mechanism);
  const auto Y = uniform(mechanism);
  const double h = thermodynamics.enthalpy(T, Y);
  return std::abs(thermodynamics.temperature_from_enthalpy(h, Y, 300.0) - T) < 1e-6;
}

/// If all species have transport data.
bool transport_is_finite(const Mechanism& mechanism) {
  for (const auto& species : mechanism.species)
    if (!species.transport) return true;
  std::vector<double> cp(mechanism.n_species());
  std::vector<double> D(mechanism.n_species());
  Thermodynamics(mechanism).species_cp(T, cp);
  const auto properties = MixtureAveragedTransport(mechanism).evaluate(T, p, uniform(mechanism), cp, D);
  return properties.viscosity > 0.0 && std::isfinite(properties.viscosity) &&
         std::isfinite(properties.conductivity) && core::all_finite(D);
}

/// What is wrong with a mechanism that was accepted; "" if nothing is.
std::string fault_of(const Mechanism& mechanism) {
  if (!rates_are_finite(mechanism)) return "production rates are not finite";
  if (!cold_gas_is_bounded(mechanism)) return "the bound of cold gas is no number";
  if (!finds_temperature(mechanism)) return "the temperature of an enthalpy is not found";
  if (!transport_is_finite(mechanism)) return "transport properties are not finite";
  return "";
}

Verdict judge(const std::string& text) {
  const std::string source = "mutant.yaml";
  try {
    return {true, fault_of(parse_mechanism(text, source))};
  } catch (const core::UserError& error) {
    const std::string fault = bimetal::testing::fault_of_sentence(error.what(), source);
    return {false, fault.empty() ? "" : fault + ": " + error.what()};
  } catch (const std::exception& error) {
    return {false, std::string("not a UserError: ") + error.what()};
  }
}

TEST(MechanismFuzz, a_mutant_is_usable_or_refused_with_one_sentence) {
  const auto texts = originals();
  for (const auto& text : texts) ASSERT_EQ(judge(text).fault, "");
  bimetal::testing::fuzz(
      {.n_mutants = 2500}, [&](Dice& dice) { return mutant_of(texts, dice); }, judge);
}

}  // namespace
}  // namespace bimetal::chemistry
