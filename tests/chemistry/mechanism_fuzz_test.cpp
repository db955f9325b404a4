// Damaged mechanism files. By default a few thousand; BIMETAL_FUZZ_MUTANTS=<n> sets how many, BIMETAL_FUZZ_SEED=<s>
// the first seed, and BIMETAL_GRI30=<gri30.yaml of the Cantera project> adds that file. To repeat a failure: its
// seed, one mutant, and the same files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "../support/crash_note.hpp"
#include "../support/sentence.hpp"
#include "chemistry/kinetics.hpp"
#include "chemistry/mechanism_reader.hpp"
#include "chemistry/mixture_averaged_transport.hpp"
#include "chemistry/thermodynamics.hpp"
#include "core/error.hpp"
#include "core/finite.hpp"
#include "mechanism_mutations.hpp"
#include "reference_states.hpp"

namespace bimetal::chemistry {
namespace {

using bimetal::testing::CrashNote;
using bimetal::testing::Dice;
using bimetal::testing::Mutant;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> originals() {
  std::vector<std::string> texts{read_text(testing::mechanism_path("h2_burke2012")),
                                 read_text(testing::mechanism_path("ch4_gri30_21"))};
  if (const char* const path = std::getenv("BIMETAL_GRI30")) texts.push_back(read_text(path));
  return texts;
}

/// The smallest file most often: it is the quickest.
Mutant mutant_of(const std::vector<std::string>& texts, std::uint64_t seed) {
  Dice dice(seed);
  const std::size_t original = dice.below(4) == 0 ? 1 + dice.below(texts.size() - 1) : 0;
  const std::string& donor = texts[(original + 1) % texts.size()];
  return bimetal::testing::mutate(texts[original], testing::mechanism_mutations(donor), dice);
}

/// A mixture of all species alike, and a pure one, at a flame's conditions.
constexpr double T = 1500.0;    // [K]
constexpr double p = 101325.0;  // [Pa]

std::vector<double> uniform(const Mechanism& mechanism) {
  return std::vector<double>(mechanism.n_species(), 1.0 / static_cast<double>(mechanism.n_species()));
}

bool rates_are_finite(const Mechanism& mechanism) {
  Kinetics kinetics(mechanism);
  std::vector<double> omega(mechanism.n_species());
  kinetics.net_production_rates(T, p, uniform(mechanism), omega);
  if (!core::all_finite(omega)) return false;
  std::vector<double> pure(mechanism.n_species(), 0.0);
  pure.front() = 1.0;
  kinetics.net_production_rates(T, p, pure, omega);
  return core::all_finite(omega);
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
  if (!finds_temperature(mechanism)) return "the temperature of an enthalpy is not found";
  if (!transport_is_finite(mechanism)) return "transport properties are not finite";
  return "";
}

struct Verdict {
  bool accepted;
  std::string fault;  // "" if none
};

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
  constexpr unsigned most_seconds = 10;   // for one mutant
  constexpr double most_memory = 1500.0;  // of the process [MB]
  constexpr int most_failures = 20;
  const auto texts = originals();
  for (const auto& text : texts) ASSERT_EQ(judge(text).fault, "");
  const std::uint64_t n_mutants = from_environment("BIMETAL_FUZZ_MUTANTS", 2500);
  const std::uint64_t first = from_environment("BIMETAL_FUZZ_SEED", 1);

  CrashNote note(most_seconds);
  std::uint64_t n_accepted = 0;
  int n_failures = 0;
  for (std::uint64_t seed = first; seed < first + n_mutants && n_failures < most_failures; ++seed) {
    const Mutant mutant = mutant_of(texts, seed);
    const std::string what = "BIMETAL_FUZZ_SEED=" + std::to_string(seed) + " (" + mutant.kinds + ")";
    note.begin(what);
    Verdict verdict = judge(mutant.text);
    if (bimetal::testing::peak_memory() > most_memory) verdict.fault += "; it took too much memory";
    n_accepted += verdict.accepted ? 1 : 0;
    if (verdict.fault.empty()) continue;
    ++n_failures;
    ADD_FAILURE() << what << ": " << verdict.fault;
  }
  if (n_mutants < 1000) return;
  EXPECT_GT(n_accepted, n_mutants / 20) << "hardly a mutant gets past the first checks";
  EXPECT_LT(n_accepted, n_mutants * 3 / 4) << "the mutants are too harmless";
}

}  // namespace
}  // namespace bimetal::chemistry
