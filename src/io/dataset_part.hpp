#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/archive.hpp"
#include "io/hdf5.hpp"

// Private to this folder: it brings in HDF5.

namespace bimetal::io {

using Shape = std::vector<hsize_t>;  // of a dataset, the slowest axis first
hsize_t product(const Shape& shape);

/// A rectangular part of a dataset.
struct DatasetPart {
  Shape start, count;
};

/// [nz, ny, nx].
Shape points_shape(const std::array<std::int64_t, 3>& xyz);

/// This part in the file, and what it is in memory, one number behind the other; a part of nothing still takes part
/// in collective transfers. `what`: see hdf5::check.
hdf5::Dataspace select_in_file(const Shape& whole, const DatasetPart& part, const std::string& what);
hdf5::Dataspace select_in_memory(const DatasetPart& part, const std::string& what);

hid_t stored_as(core::NumberType type);
std::int64_t bytes_of(core::NumberType type);  // of one number

}  // namespace bimetal::io
