#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace bimetal::core {

/// A hash of numbers and words in the order they are added: 64-bit FNV-1a (Fowler, Noll & Vo). The same on every
/// machine. For telling things apart, not for security. Local.
class Fingerprint {
 public:
  void add(std::uint64_t bits) {
    for (int shift = 0; shift < 64; shift += 8) add_byte(static_cast<std::uint8_t>(bits >> shift));
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  void add(std::string_view word) {
    add(static_cast<std::uint64_t>(word.size()));
    for (char letter : word) add_byte(static_cast<std::uint8_t>(letter));
  }

  std::uint64_t value() const { return hash_; }
  /// 16 hexadecimal digits.
  std::string hex() const { return fmt::format("{:016x}", hash_); }

 private:
  void add_byte(std::uint8_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3ULL; }

  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

}  // namespace bimetal::core
