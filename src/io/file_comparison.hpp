#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bimetal::io {

/// One dataset of two HDF5 files.
struct DatasetComparison {
  std::string name;        // its path in the files
  bool same_bits = false;  // same type, shape and values, to the bit
  double largest = 0.0;    // |a - b|; infinite if the shapes differ, or only one value is finite; numbers only
  double mean = 0.0;       // of |a - b| over all values
  double range = 0.0;      // largest minus smallest value of a
};

struct FileComparison {
  std::vector<DatasetComparison> common;
  std::vector<std::string> only_in_first, only_in_second;
};

/// Compares all datasets of two HDF5 files, snapshots or checkpoints, but for virtual ones, which only show others.
/// UserError if one of the files cannot be read. Local.
FileComparison compare_files(const std::filesystem::path& first, const std::filesystem::path& second);

}  // namespace bimetal::io
