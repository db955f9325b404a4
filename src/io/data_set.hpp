#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/data_rows.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::io {

/// What a data set says about itself.
struct DataDescription {
  std::string case_name;
  std::string program;    // that wrote it, with its version
  std::string signature;  // JSON: what the columns are
};

/// data.h5, or what it is called: the rows of a run as docs/models.md describes them. While the run goes on it consists
/// of parts, data_NNNNNN.h5 with the rows from step NNNNNN on, of the same format: each complete and on disk from a
/// checkpoint on, the last one with ".part" behind its name; close() joins them. On trouble (full disk) all ranks throw
/// the same RuntimeFailure.
class DataSet {
 public:
  /// first_step: 0, or the step behind which a run goes on in the same directory: parts of earlier steps, and a
  /// data.h5, are then kept. Collective.
  DataSet(std::filesystem::path path, std::int64_t n_in, std::int64_t n_out, const DataDescription& description,
          parallel::Communicator comm, std::int64_t first_step = 0);
  ~DataSet();
  DataSet(DataSet&&) noexcept;
  DataSet& operator=(DataSet&&) noexcept;

  /// Adds this rank's rows behind those of lower ranks; written together with later ones, some ten thousand at a
  /// time. Collective.
  void append(const core::DataRows& rows);

  /// The rows so far are those of the steps before `step`: ends the part. Collective.
  void cut(std::int64_t step);

  /// Writes what is left, and makes data.h5 of all parts. Collective.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;  // HDF5's types stay in this folder
};

}  // namespace bimetal::io
