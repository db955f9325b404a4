#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/rows.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::io {

/// Rows that physics answered, for training off line.
struct DataRows {
  DataRows(std::int64_t n_in, std::int64_t n_out) : in(n_in), out(n_out) {}
  std::int64_t size() const { return in.size(); }
  void clear();
  void append(const DataRows& others) { append(others, 0, others.size()); }
  void append(const DataRows& others, std::int64_t first, std::int64_t end);  // rows [first, end) of them
  void resize(std::int64_t n);

  core::RowTable in;                   // [n, n_in] as they were handed to physics
  core::RowTable out;                  // [n, n_out]
  std::vector<std::int64_t> id;        // [n] global cell
  std::vector<std::int64_t> step;      // [n]
  std::vector<std::uint8_t> held_out;  // [n] 1: for validation, never for training
};

/// What a data set says about itself.
struct DataDescription {
  std::string case_name;
  std::string program;    // that wrote it, with its version
  std::string signature;  // JSON: what the columns are
};

/// data.h5, the rows of a run as docs/models.md describes them. While the run goes on it consists of parts,
/// data_NNNNNN.h5 with the rows from step NNNNNN on, of the same format: each complete and on disk from a checkpoint
/// on, the last one with ".part" behind its name; close() joins them. On trouble (full disk) all ranks throw the same
/// RuntimeFailure.
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
  void append(const DataRows& rows);

  /// The rows so far are those of the steps before `step`: ends the part. Collective.
  void cut(std::int64_t step);

  /// Writes what is left, and makes data.h5 of all parts. Collective.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;  // HDF5's types stay in this folder
};

}  // namespace bimetal::io
