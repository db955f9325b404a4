#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "crash_note.hpp"
#include "mutation.hpp"

namespace bimetal::testing {

inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// What became of a mutant.
struct Verdict {
  bool accepted;      // or refused
  std::string fault;  // of the program, in doing so; "" if none
};

/// How many mutants, and what one may take. BIMETAL_FUZZ_MUTANTS=<n> in the environment sets how many, and
/// BIMETAL_FUZZ_SEED=<s> the first seed: to repeat a failure, its seed and one mutant.
struct FuzzOptions {
  std::uint64_t n_mutants;                             // unless the environment says otherwise; of all ranks
  unsigned most_seconds = 10;                          // for one mutant, of the processor
  double most_memory = 1500.0;                         // of the process [MB]
  std::uint64_t rank = 0, n_ranks = 1;                 // seeds are dealt out in turn
  double least_accepted = 0.05, most_accepted = 0.75;  // or the mutants are too wild or too harmless; of 1000 or more
};

/// Judges one mutant after the other: mutant_of(dice) makes one, judge(text) says what became of it. A fault is a
/// failure of the test with the seed in its message; so is a crash or one that takes too long.
template <class MutantOf, class Judge>
void fuzz(const FuzzOptions& options, MutantOf&& mutant_of, Judge&& judge) {
  constexpr int most_failures = 20;
  const std::uint64_t n_mutants = from_environment("BIMETAL_FUZZ_MUTANTS", options.n_mutants);
  const std::uint64_t first = from_environment("BIMETAL_FUZZ_SEED", 1);
  CrashNote note(options.most_seconds);
  double n_judged = 0.0, n_accepted = 0.0;
  int n_failures = 0;
  for (std::uint64_t i = options.rank; i < n_mutants && n_failures < most_failures; i += options.n_ranks) {
    const std::string seed = "BIMETAL_FUZZ_SEED=" + std::to_string(first + i);
    note.begin(seed + " being made");
    Dice dice(first + i);
    const Mutant mutant = mutant_of(dice);
    const std::string what = seed + " (" + mutant.kinds + ")";
    note.begin(what);
    Verdict verdict = judge(mutant.text);
    if (peak_memory() > options.most_memory) verdict.fault += "; it took too much memory";
    n_judged += 1.0;
    n_accepted += verdict.accepted ? 1.0 : 0.0;
    if (verdict.fault.empty()) continue;
    ++n_failures;
    ADD_FAILURE() << what << ": " << verdict.fault;
  }
  ::testing::Test::RecordProperty("accepted", std::to_string(n_accepted / n_judged));
  if (n_judged < 1000.0) return;
  EXPECT_GT(n_accepted, n_judged * options.least_accepted) << "hardly a mutant gets past the first checks";
  EXPECT_LT(n_accepted, n_judged * options.most_accepted) << "the mutants are too harmless";
}

}  // namespace bimetal::testing
