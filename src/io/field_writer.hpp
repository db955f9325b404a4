#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "core/archive.hpp"
#include "grid/extents.hpp"
#include "io/cell_field.hpp"
#include "io/xdmf.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::io {

/// The snapshots of a run: one field file per call (see field_file.hpp), and fields.xdmf over all of them, which
/// is up to date whenever the run is looked at, or ends.
class FieldWriter {
 public:
  /// Local.
  FieldWriter(std::filesystem::path directory, const grid::Extents& extents, parallel::Communicator comm);

  /// Which snapshots there are.
  void persist(const core::Archive& archive);
  void forget() { snapshots_.clear(); }

  /// Writes fields_<step>.h5. time [s]; the fields hold [n_owned] values. A snapshot of the same step, or a later
  /// one, is replaced. All ranks throw the same RuntimeFailure if the disk does not take it. Collective.
  void write(std::int64_t step, double time, std::span<const CellField> fields);

 private:
  std::filesystem::path directory_;
  grid::Extents extents_;
  parallel::Communicator comm_;
  std::vector<Snapshot> snapshots_;
};

}  // namespace bimetal::io
