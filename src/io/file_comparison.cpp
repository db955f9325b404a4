#include "io/file_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>

#include "core/error.hpp"
#include "io/hdf5.hpp"

namespace bimetal::io {
namespace {

using hdf5::check;

/// The contents of one dataset.
struct Contents {
  H5T_class_t kind = H5T_NO_CLASS;
  std::vector<hsize_t> dims;
  std::vector<std::byte> bytes;
  std::vector<double> numbers;  // none if it holds something else

  std::size_t n_values() const {
    return std::accumulate(dims.begin(), dims.end(), std::size_t{1}, std::multiplies<>());
  }
};

hdf5::File open(const std::filesystem::path& path) {
  try {
    const hdf5::Properties access(H5Pcreate(H5P_FILE_ACCESS), "make file properties");
    hdf5::use_no_locks(access.get());
    return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), "open it"};
  } catch (const core::RuntimeFailure& failure) {
    throw core::UserError::format("{} cannot be compared: {}; give a snapshot or a checkpoint of a run",
                                  path.string(), failure.what());
  }
}

bool is_virtual(const hdf5::Dataset& dataset) {
  const hdf5::Properties creation(H5Dget_create_plist(dataset.get()), "look at a dataset");
  return H5Pget_layout(creation.get()) == H5D_VIRTUAL;
}

#if H5_VERSION_GE(1, 12, 0)
using ObjectInfo = H5O_info2_t;
constexpr auto visit_objects = H5Ovisit3;
#else
using ObjectInfo = H5O_info_t;
constexpr auto visit_objects = H5Ovisit2;
#endif

extern "C" herr_t note_dataset(hid_t, const char* name, const ObjectInfo* info, void* names) noexcept {
  if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

std::vector<std::string> dataset_names(const hdf5::File& file) {
  std::vector<std::string> names;
  check(visit_objects(file.get(), H5_INDEX_NAME, H5_ITER_INC, note_dataset, &names, H5O_INFO_BASIC),
        "list the datasets");
  std::erase_if(names, [&](const std::string& name) {
    return is_virtual({H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT), "open dataset " + name});
  });
  std::ranges::sort(names);
  return names;
}

Contents read(const hdf5::File& file, const std::string& name) {
  const auto what = "read dataset " + name;
  const hdf5::Dataset dataset(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT), what);
  const hdf5::Datatype type(H5Dget_type(dataset.get()), what);
  const hdf5::Dataspace space(H5Dget_space(dataset.get()), what);
  Contents contents{.kind = H5Tget_class(type.get()), .dims = {}, .bytes = {}, .numbers = {}};
  contents.dims.resize(static_cast<std::size_t>(check(H5Sget_simple_extent_ndims(space.get()), what)));
  check(H5Sget_simple_extent_dims(space.get(), contents.dims.data(), nullptr), what);
  contents.bytes.resize(contents.n_values() * H5Tget_size(type.get()));
  check(H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, contents.bytes.data()), what);
  if (contents.kind == H5T_FLOAT || contents.kind == H5T_INTEGER) {
    contents.numbers.resize(contents.n_values());
    check(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, contents.numbers.data()), what);
  }
  return contents;
}

/// Two values that are the same, infinities and NaN included, do not differ.
double difference(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0.0;
  const double d = std::abs(a - b);
  return std::isfinite(d) ? d : std::numeric_limits<double>::infinity();
}

DatasetComparison compare(const std::string& name, const Contents& a, const Contents& b) {
  DatasetComparison found{.name = name};
  const bool alike = a.kind == b.kind && a.dims == b.dims;
  found.same_bits = alike && a.bytes == b.bytes;
  if (!alike) found.largest = found.mean = std::numeric_limits<double>::infinity();
  if (a.numbers.empty()) return found;
  const auto [lowest, highest] = std::ranges::minmax(a.numbers);
  found.range = highest - lowest;
  if (!alike) return found;
  double sum = 0.0;
  for (std::size_t i = 0; i < a.numbers.size(); ++i) {
    const double d = difference(a.numbers[i], b.numbers[i]);
    found.largest = std::max(found.largest, d);
    sum += d;
  }
  found.mean = sum / static_cast<double>(a.numbers.size());
  return found;
}

}  // namespace

FileComparison compare_files(const std::filesystem::path& first, const std::filesystem::path& second) {
  const hdf5::SilentErrors silent;
  const auto a = open(first), b = open(second);
  const auto in_a = dataset_names(a), in_b = dataset_names(b);
  FileComparison found;
  std::ranges::set_difference(in_a, in_b, std::back_inserter(found.only_in_first));
  std::ranges::set_difference(in_b, in_a, std::back_inserter(found.only_in_second));
  std::vector<std::string> common;
  std::ranges::set_intersection(in_a, in_b, std::back_inserter(common));
  for (const auto& name : common) found.common.push_back(compare(name, read(a, name), read(b, name)));
  return found;
}

}  // namespace bimetal::io
