#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parallel/communicator.hpp"

namespace bimetal::io {

/// history.csv: a header, then one line a step, flushed as it is written so that a run can be watched and a killed
/// one keeps its past. Root writes; the other ranks hold an idle object.
class History {
 public:
  /// Opens `path` anew and writes the header; or, with `after_step`, goes on in the file that is there, behind the
  /// line of that step (the first column): later ones, of a run that did not get to its next checkpoint, are taken
  /// out. All ranks throw the same RuntimeFailure if that fails. Collective.
  History(std::filesystem::path path, std::vector<std::string> columns, const parallel::Communicator& comm,
          std::optional<std::int64_t> after_step = std::nullopt);

  /// Appends one line; values: [n_columns]. Whole numbers are written in full, others with 9 digits. RuntimeFailure
  /// on root when the disk does not take it. Local.
  void append(std::span<const double> values);

 private:
  std::filesystem::path path_;
  std::size_t n_columns_;
  std::ofstream file_;  // open on root only
};

/// One line of a CSV file without its end. Local.
std::string csv_line(std::span<const double> values);

}  // namespace bimetal::io
