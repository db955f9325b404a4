#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/archive.hpp"

namespace bimetal::testing {

/// An archive of one rank in memory: what was saved, and what is asked for then. A name that is asked for and was not
/// saved throws; so does one that is saved twice.
class MemoryArchive : public core::ArchiveMedium {
 public:
  bool restores() const override { return restoring_; }
  bool same_ranks() const override { return same_ranks_; }
  void save(const core::ArchiveEntry& entry, std::span<const std::byte> values) override {
    if (!entries_.emplace(entry.path, std::vector(values.begin(), values.end())).second)
      throw std::logic_error(entry.path + " is saved twice");
  }
  std::vector<std::byte> restore(const core::ArchiveEntry& entry) override { return entries_.at(entry.path); }

  /// From now on it gives back. As if on another number of ranks, if so asked.
  void turn(bool same_ranks = true) {
    restoring_ = true;
    same_ranks_ = same_ranks;
  }
  std::size_t size() const { return entries_.size(); }
  bool operator==(const MemoryArchive& other) const { return entries_ == other.entries_; }

  /// The state of anything with persist().
  template <class T>
  static MemoryArchive of(T& object) {
    MemoryArchive archive;
    object.persist(core::Archive(archive));
    return archive;
  }
  template <class T>
  void give_to(T& object, bool same_ranks = true) {
    turn(same_ranks);
    object.persist(core::Archive(*this));
  }

 private:
  std::map<std::string, std::vector<std::byte>> entries_;
  bool restoring_ = false, same_ranks_ = true;
};

}  // namespace bimetal::testing
