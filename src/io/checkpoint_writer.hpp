#pragma once

#include "core/archive.hpp"
#include "io/dataset_part.hpp"
#include "parallel/communicator.hpp"

// Private to this folder: it brings in HDF5.

namespace bimetal::io {

/// Finds out what a checkpoint with these entries needs on disk.
class CheckpointEstimate : public core::ArchiveMedium {
 public:
  bool restores() const override { return false; }
  bool same_ranks() const override { return true; }
  void save(const core::ArchiveEntry& entry, std::span<const std::byte> values) override;
  std::vector<std::byte> restore(const core::ArchiveEntry& entry) override;

  /// [bytes], at most. Collective.
  std::int64_t bytes(const parallel::Communicator& comm) const;

 private:
  std::int64_t of_rank_ = 0, of_all_ = 0;
};

/// Writes every entry as a dataset (checkpoint.hpp) of an open file. All ranks throw the same RuntimeFailure if one
/// cannot be written. Collective.
class CheckpointWriter : public core::ArchiveMedium {
 public:
  CheckpointWriter(hid_t file, const parallel::Communicator& comm) : file_(file), comm_(comm) {}
  bool restores() const override { return false; }
  bool same_ranks() const override { return true; }
  void save(const core::ArchiveEntry& entry, std::span<const std::byte> values) override;
  std::vector<std::byte> restore(const core::ArchiveEntry& entry) override;

 private:
  void write_rows(const core::ArchiveEntry& entry, hsize_t n_numbers, const std::byte* values);
  void write(const std::string& path, core::NumberType type, const Shape& whole, const DatasetPart& part,
             const void* values);

  hid_t file_;
  parallel::Communicator comm_;
};

}  // namespace bimetal::io
