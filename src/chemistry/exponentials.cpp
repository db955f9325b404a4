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
  // Grouped by fours rather than nested: the groups do not wait for each other.
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double low = (1.0 + r) + r2 * (1.0 / 2.0 + r * (1.0 / 6.0));
  const double middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0));
  const double high = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + r2 * (1.0 / 3628800.0 + r * (1.0 / 39916800.0));
  const double highest = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0);
  const double series = low + r4 * (middle + r4 * (high + r4 * highest));
  const auto exponent = (std::bit_cast<std::uint64_t>(shifted) + 1023u) << 52;
  return series * std::bit_cast<double>(exponent);
}

/// ln x = k ln 2 + ln m with m in [0.70, 1.41), ln m = 2 artanh(s) with s = (m - 1) / (m + 1) by its series up to
/// s^21 (next term below 1e-18).
inline double logarithm(double x) {
  // Taking the bits of the square root of 1/2 away before cutting off the exponent centres m around 1.
  constexpr std::uint64_t root_half = 0x3fe6a09e00000000u;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t above = bits - root_half;
  const auto k_bits = (above >> 52) ^ 0x800u;  // the exponent, from two's complement of 12 bits to an offset of 2048
  const double m = std::bit_cast<double>(bits - (above & 0xfff0000000000000u));
  const double k = std::bit_cast<double>(k_bits | 0x4330000000000000u) - (4503599627370496.0 + 2048.0);
  const double s = (m - 1.0) / (m + 1.0);
  const double q = s * s;
  double series = 1.0 / 21.0;
  series = series * q + 1.0 / 19.0;
  series = series * q + 1.0 / 17.0;
  series = series * q + 1.0 / 15.0;
  series = series * q + 1.0 / 13.0;
  series = series * q + 1.0 / 11.0;
  series = series * q + 1.0 / 9.0;
  series = series * q + 1.0 / 7.0;
  series = series * q + 1.0 / 5.0;
  series = series * q + 1.0 / 3.0;
  const double log_m = 2.0 * s + 2.0 * s * q * series;
  return k * ln2_high + (k * ln2_low + log_m);
}

}  // namespace

void exponentials(std::span<double> values) {
  double* const x = values.data();
  const std::size_t n = values.size();
  for (std::size_t i = 0; i < n; ++i) x[i] = exponential(x[i]);
}

void logarithms(std::span<double> values) {
  double* const x = values.data();
  const std::size_t n = values.size();
  for (std::size_t i = 0; i < n; ++i) x[i] = logarithm(x[i]);
}

}  // namespace bimetal::chemistry
