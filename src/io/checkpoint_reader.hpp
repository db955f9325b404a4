#pragma once

#include <utility>

#include "core/archive.hpp"
#include "io/dataset_part.hpp"
#include "parallel/communicator.hpp"

// Private to this folder: it brings in HDF5.

namespace bimetal::io {

/// Reads entries from the datasets of an open file (checkpoint.hpp), on any number of ranks. All ranks throw the same
/// RuntimeFailure if one is not there or has another shape. Collective.
class CheckpointReader : public core::ArchiveMedium {
 public:
  CheckpointReader(hid_t file, const parallel::Communicator& comm);
  bool restores() const override { return true; }
  bool same_ranks() const override { return n_saved_ == comm_.size(); }
  void save(const core::ArchiveEntry& entry, std::span<const std::byte> values) override;
  std::vector<std::byte> restore(const core::ArchiveEntry& entry) override;

  /// The entry that says how many ranks have saved.
  static constexpr const char* ranks_name = "ranks";

 private:
  DatasetPart part_of_rank(const core::ArchiveEntry& entry, const Shape& whole) const;
  std::pair<hsize_t, hsize_t> rows_of_rank(const core::ArchiveEntry& entry, hsize_t total) const;
  void read(const hdf5::Dataset& dataset, core::NumberType type, const Shape& whole, const DatasetPart& part,
            void* values, const std::string& what) const;
  void fold(const core::ArchiveEntry& entry, std::vector<std::byte>& values) const;
  template <class T>
  void fold(core::Spread spread, std::vector<std::byte>& values) const;

  hid_t file_;
  parallel::Communicator comm_;
  std::int64_t n_saved_ = 0;  // ranks
};

}  // namespace bimetal::io
