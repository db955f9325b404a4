#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "core/error.hpp"

namespace bimetal::surrogate {

/// Arrays of numbers one after the other in one array of bytes, each behind its length; for ranks of one run, which
/// have the same byte order.
class Packer {
 public:
  template <class T>
  void put(const std::vector<T>& values) {
    append(static_cast<std::int64_t>(values.size()));
    const auto raw = std::as_bytes(std::span(values));
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
  }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  void append(std::int64_t n) {
    const auto raw = std::as_bytes(std::span(&n, 1));
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
  }
  std::vector<std::byte> bytes_;
};

/// Takes them out again, in the same order. Expects what was packed. Local.
class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  std::vector<T> take() {
    std::int64_t n = 0;
    copy_out(&n, sizeof n);
    std::vector<T> values(static_cast<std::size_t>(n));
    copy_out(values.data(), values.size() * sizeof(T));
    return values;
  }

 private:
  void copy_out(void* to, std::size_t size) {
    EXPECT(size <= bytes_.size());
    if (size > 0) std::memcpy(to, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
  }
  std::span<const std::byte> bytes_;
};

}  // namespace bimetal::surrogate
