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
  void append(const DataRows& others);

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

/// data.h5, the rows of a run as docs/models.md describes them. Grows while the run goes on; after every write it is
/// a complete file under the name data.h5.part, so that a run that is killed leaves what it had; close() gives it its
/// name. On trouble (full disk) all ranks throw the same RuntimeFailure.
class DataSet {
 public:
  /// Without rows yet. Collective.
  DataSet(std::filesystem::path path, std::int64_t n_in, std::int64_t n_out, const DataDescription& description,
          parallel::Communicator comm);
  ~DataSet();
  DataSet(DataSet&&) noexcept;
  DataSet& operator=(DataSet&&) noexcept;

  /// Adds this rank's rows behind those of lower ranks; written together with later ones, some ten thousand at a
  /// time. Collective.
  void append(const DataRows& rows);

  /// Writes what is left and ends the file. Collective.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;  // HDF5's types stay in this folder
};

}  // namespace bimetal::io
