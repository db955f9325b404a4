#pragma once

#include <bit>
#include <cstdint>

namespace bimetal::homogenisation {

/// ln x of 1 <= x < 1e300 within 1e-15 (absolute, or relative if larger). Free of branches, so that loops over it
/// become vector instructions. x = 2^k m with m in [sqrt(1/2), sqrt(2)), ln m = 2 artanh((m-1)/(m+1)) as a series.
/// Local.
inline double vector_log(double x) {
  constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcdULL;
  constexpr std::uint64_t shifter_bits = 0x4338000000000000ULL;  // of 1.5 * 2^52
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t k = (bits - root_half) >> 52;  // x >= 1: never negative
  const double m = std::bit_cast<double>(bits - (k << 52));
  const double exponent = std::bit_cast<double>(shifter_bits + k) - 0x1.8p52;
  const double s = (m - 1.0) / (m + 1.0), z = s * s;
  double series = 1.0 / 19.0;
  series = series * z + 1.0 / 17.0;
  series = series * z + 1.0 / 15.0;
  series = series * z + 1.0 / 13.0;
  series = series * z + 1.0 / 11.0;
  series = series * z + 1.0 / 9.0;
  series = series * z + 1.0 / 7.0;
  series = series * z + 1.0 / 5.0;
  series = series * z + 1.0 / 3.0;
  series = series * z + 1.0;
  return exponent * 0x1.62e42fefa39efp-1 + 2.0 * s * series;
}

/// exp y of |y| < 700 within 1e-15 |y| (relative), free of branches: exp y = 2^k exp r, |r| <= ln(2)/2. Local.
inline double vector_exp(double y) {
  constexpr std::uint64_t shifter_bits = 0x4338000000000000ULL;
  const double shifted = y * 0x1.71547652b82fep+0 + 0x1.8p52;
  const std::uint64_t k = std::bit_cast<std::uint64_t>(shifted) - shifter_bits;
  const double whole = shifted - 0x1.8p52;
  const double r = (y - whole * 0x1.62e42fefap-1) - whole * 0x1.cf79abc9e3b3ap-40;
  double series = 1.0 / 479001600.0;
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
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(series) + (k << 52));
}

/// x^s for x >= 1. Local.
inline double vector_power(double x, double s) { return vector_exp(s * vector_log(x)); }

}  // namespace bimetal::homogenisation
