#include "chemistry/exponentials.hpp"

#include <bit>
#include <cstdint>
#include <numbers>

namespace bimetal::chemistry {
namespace {

// Adding and subtracting 1.5 * 2^52 rounds to an integer, which then stands in the low bits of the sum.
constexpr double rounder = 6755399441055744.0;
// ln 2 in two parts, the first with trailing zeros, so that k * ln2_high is exact for |k| < 2^20
// (Cody & Waite, Software Manual for the Elementary Functions, 1980).
constexpr double ln2_high = 0x1.62e42feep-1;
constexpr double ln2_low = 0x1.a39ef35793c76p-33;

/// exp(x) = 2^k exp(r) with |r| <= ln(2)/2, exp(r) by its Taylor series up to r^13 (next term below 1e-17).
inline double exponential(double x) {
  x = x < 700.0 ? x : 700.0;
  x = x > -700.0 ? x : -700.0;
  const double shifted = x * std::numbers::log2e + rounder;
  const double k = shifted - rounder;
  const double r = (x - k * ln2_high) - k * ln2_low;
  double series = 1.0 / 6227020800.0;
  series = series * r + 1.0 / 479001600.0;
  series = series * r + 1.0 / 39916800.0;
  series = series * r + 1.0 / 3628800.0;
  series = series * r + 1.0 / 362880.0;
  series = series * r + 1.0 / 40320.0;
  series = series * r + 1.0 / 5040.0;
  series = series * r + 1.0 / 720.0;
  series = series * r + 1.0 / 120.0;
  series = series * r + 1.0 / 24.0;
  series = series * r + 1.0 / 6.0;
  series = series * r + 0.5;
  series = series * r + 1.0;
  series = series * r + 1.0;
  const auto exponent = (std::bit_cast<std::uint64_t>(shifted) + 1023u) << 52;
  return series * std::bit_cast<double>(exponent);
}

}  // namespace

void exponentials(std::span<double> values) {
  double* const x = values.data();
  const std::size_t n = values.size();
  for (std::size_t i = 0; i < n; ++i) x[i] = exponential(x[i]);
}

}  // namespace bimetal::chemistry
