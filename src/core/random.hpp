#pragma once

#include <cstdint>

namespace bimetal::core {

/// What a random number is for. Two purposes never share a number.
enum class Purpose : std::uint64_t {
  audit = 1,
  replay = 2,
  batch = 3,
  weights = 4,
  initial = 5,
  data = 7,        // which rows go into the data set
  validation = 8,  // and which of those are never trained on
  thinning = 9,    // which rows are left out when trainers cannot take all
  perturbation = 10,
};

/// Counter-based random numbers: a pure function of its arguments, so that the same coin falls the same way on
/// any number of ranks and after any restart. The mixer is the finaliser of SplitMix64 (Steele, Lea & Flood,
/// OOPSLA 2014) applied once per counter. Local.
std::uint64_t random_bits(std::uint64_t seed, Purpose purpose, std::uint64_t a, std::uint64_t b);

/// Uniform in [0, 1), 53 bits. Local.
double random_uniform(std::uint64_t seed, Purpose purpose, std::uint64_t a, std::uint64_t b);

}  // namespace bimetal::core
