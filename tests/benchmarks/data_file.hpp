#pragma once

#include <string>

#include "core/rows.hpp"
#include "core/signature.hpp"

namespace bimetal::benchmarks {

/// The rows of a data.h5 (docs/models.md).
struct DataFile {
  core::Signature signature;
  double knee = 0.0;
  double resolution = 0.0;
  core::RowTable in, out;                    // to be trained on
  std::vector<std::int64_t> id, step;        // of these
  core::RowTable held_out_in, held_out_out;  // for validation
};

/// RuntimeFailure if the file cannot be read. Local.
DataFile read_data_file(const std::string& path);

}  // namespace bimetal::benchmarks
