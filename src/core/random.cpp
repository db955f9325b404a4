#include "core/random.hpp"

namespace bimetal::core {
namespace {

std::uint64_t mix(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t random_bits(std::uint64_t seed, Purpose purpose, std::uint64_t a, std::uint64_t b) {
  return mix(mix(mix(mix(seed) ^ static_cast<std::uint64_t>(purpose)) ^ a) ^ b);
}

double random_uniform(std::uint64_t seed, Purpose purpose, std::uint64_t a, std::uint64_t b) {
  return static_cast<double>(random_bits(seed, purpose, a, b) >> 11) * 0x1.0p-53;
}

}  // namespace bimetal::core
