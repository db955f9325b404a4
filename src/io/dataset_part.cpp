#include "io/dataset_part.hpp"

#include <functional>
#include <numeric>
#include <stdexcept>

namespace bimetal::io {

using core::NumberType;
using hdf5::check;

hid_t stored_as(NumberType type) {
  switch (type) {
    case NumberType::float64: return H5T_NATIVE_DOUBLE;
    case NumberType::float32: return H5T_NATIVE_FLOAT;
    case NumberType::int64: return H5T_NATIVE_INT64;
    case NumberType::uint64: return H5T_NATIVE_UINT64;
    case NumberType::int32: return H5T_NATIVE_INT32;
    case NumberType::uint8: return H5T_NATIVE_UINT8;
  }
  throw std::logic_error("no such type of number");
}

std::int64_t bytes_of(NumberType type) { return static_cast<std::int64_t>(H5Tget_size(stored_as(type))); }

hsize_t product(const Shape& shape) { return std::reduce(shape.begin(), shape.end(), hsize_t{1}, std::multiplies()); }

Shape points_shape(const std::array<std::int64_t, 3>& xyz) {
  return {static_cast<hsize_t>(xyz[2]), static_cast<hsize_t>(xyz[1]), static_cast<hsize_t>(xyz[0])};
}

hdf5::Dataspace select_in_file(const Shape& whole, const DatasetPart& part, const std::string& what) {
  hdf5::Dataspace space(H5Screate_simple(static_cast<int>(whole.size()), whole.data(), nullptr), what);
  if (product(part.count) > 0)
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, part.start.data(), nullptr, part.count.data(), nullptr),
          what);
  else  // still takes part in the collective transfer
    check(H5Sselect_none(space.get()), what);
  return space;
}

hdf5::Dataspace select_in_memory(const DatasetPart& part, const std::string& what) {
  const hsize_t n = product(part.count);
  hdf5::Dataspace space(H5Screate_simple(1, &n, nullptr), what);
  if (n == 0) check(H5Sselect_none(space.get()), what);
  return space;
}

}  // namespace bimetal::io
