#pragma once

#include <cstring>
#include <span>
#include <vector>

#include "core/archive.hpp"

namespace bimetal::core {

/// State of one rank in one array of bytes, entry behind entry; for processes of the same program, which ask for it
/// in the same order. Local.
class PackedArchive : public ArchiveMedium {
 public:
  /// To save to.
  PackedArchive() = default;
  /// To restore from; borrows the bytes.
  explicit PackedArchive(std::span<const std::byte> bytes) : restores_(true), left_(bytes) {}

  bool restores() const override { return restores_; }
  bool same_ranks() const override { return true; }
  void save(const ArchiveEntry&, std::span<const std::byte> values) override {
    const auto size = std::ssize(values);
    const auto head = std::as_bytes(std::span(&size, 1));
    bytes_.insert(bytes_.end(), head.begin(), head.end());
    bytes_.insert(bytes_.end(), values.begin(), values.end());
  }
  std::vector<std::byte> restore(const ArchiveEntry& entry) override {
    std::ptrdiff_t size = -1;
    if (left_.size() >= sizeof size) std::memcpy(&size, left_.data(), sizeof size);
    if (size < 0 || left_.size() - sizeof size < static_cast<std::size_t>(size))
      throw UserError::format("a packed state ends before '{}'", entry.path);
    const auto values = left_.subspan(sizeof size, static_cast<std::size_t>(size));
    left_ = left_.subspan(sizeof size + values.size());
    return {values.begin(), values.end()};
  }

  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  bool restores_ = false;
  std::vector<std::byte> bytes_;
  std::span<const std::byte> left_;
};

}  // namespace bimetal::core
