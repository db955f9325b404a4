#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/archive.hpp"
#include "core/data_rows.hpp"
#include "core/signature.hpp"
#include "library/library_config.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::library {

/// Rows that are kept for training off line.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void append(const core::DataRows& rows) = 0;  // Collective
  /// The rows so far are those of the steps before `step`: they are complete in a file. Collective.
  virtual void cut(std::int64_t step) = 0;
  virtual void close() = 0;  // Collective
};

/// Where state and rows are kept on disk. What the hybrid needs of a file format goes through here, so that the
/// library can be built without one.
class Storage {
 public:
  virtual ~Storage() = default;
  using Persist = std::function<void(const core::Archive&)>;
  virtual void write_checkpoint(const std::string& path, const Persist& persist,
                                const parallel::Communicator& comm) = 0;
  virtual void restore_checkpoint(const std::string& path, const Persist& persist,
                                  const parallel::Communicator& comm) = 0;
  /// first_step: as io::DataSet has it.
  virtual std::unique_ptr<RowSink> open_rows(const LibraryConfig& config, const core::Signature& signature,
                                             const parallel::Communicator& comm, std::int64_t first_step) = 0;
};

/// That of HDF5 files, or a UserError if the library was built without. Local.
std::unique_ptr<Storage> make_storage();

}  // namespace bimetal::library
