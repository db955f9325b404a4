#include "io/field_file.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/error.hpp"
#include "file_size_limit.hpp"
#include "io/hdf5.hpp"
#include "parallel/mpi.hpp"
#include "sample_fields.hpp"
#include "temporary_directory.hpp"

namespace bimetal::io {
namespace {

namespace fs = std::filesystem;
using test::SampleFields;
using test::TemporaryDirectory;

const parallel::Communicator& world() {
  static const auto comm = parallel::duplicate(MPI_COMM_WORLD);
  return comm;
}

hdf5::File open_to_read(const fs::path& path) {
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), "open " + path.string()};
}

/// The values of a dataset, whatever their type, as doubles; `dims` is filled.
std::vector<double> read(const hdf5::File& file, const std::string& name, std::vector<hsize_t>& dims) {
  const hdf5::Dataset dataset(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT), "open " + name);
  const hdf5::Dataspace space(H5Dget_space(dataset.get()), "look at " + name);
  dims.resize(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space.get())));
  H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr);
  std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
  hdf5::check(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
              "read " + name);
  return values;
}

double attribute(const hdf5::File& file, const char* name) {
  const hdf5::Attribute attribute(H5Aopen(file.get(), name, H5P_DEFAULT), "open an attribute");
  double value = 0.0;
  hdf5::check(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value), "read an attribute");
  return value;
}

void expect_field(const hdf5::File& file, const std::string& name, double (*expected)(std::int64_t)) {
  std::vector<hsize_t> dims;
  const auto values = read(file, "/fields/" + name, dims);
  EXPECT_EQ(dims, (std::vector<hsize_t>{3, 5, 7})) << name;
  for (std::size_t id = 0; id < values.size(); ++id)
    ASSERT_EQ(values[id], expected(static_cast<std::int64_t>(id))) << name << " of cell " << id;
}

void expect_sample(const fs::path& path) {
  const auto file = open_to_read(path);
  expect_field(file, "T", test::sample_temperature);
  expect_field(file, "Y_OH", test::sample_species);
  expect_field(file, "score", test::sample_score);
  expect_field(file, "answerer", [](std::int64_t id) { return static_cast<double>(test::sample_answerer(id)); });
  expect_field(file, "version", [](std::int64_t id) { return static_cast<double>(test::sample_version(id)); });
  EXPECT_EQ(attribute(file, "time"), 1.25e-5);
  EXPECT_EQ(attribute(file, "step"), 42);
}

TEST(FieldFile, holds_every_cell_at_the_place_of_its_global_id) {
  const TemporaryDirectory directory(world());
  const auto extents = test::sample_extents(world());
  const SampleFields sample(extents);
  write_field_file(directory.path() / "f.h5", extents, 42, 1.25e-5, sample.fields(), world());
  expect_sample(directory.path() / "f.h5");
  EXPECT_FALSE(fs::exists(directory.path() / "f.h5.part"));
}

TEST(FieldFile, is_the_same_from_a_serial_rank_without_a_group) {
  const parallel::Communicator alone;
  const TemporaryDirectory directory(alone);
  const auto extents = test::sample_extents(alone);
  const SampleFields sample(extents);
  write_field_file(directory.path() / "f.h5", extents, 42, 1.25e-5, sample.fields(), alone);
  expect_sample(directory.path() / "f.h5");
}

TEST(FieldFile, takes_ranks_that_own_no_cell) {
  const TemporaryDirectory directory(world());
  auto extents = test::sample_extents(parallel::Communicator());
  if (!world().is_root()) extents.owned = {0, 5, 3};
  const SampleFields sample(extents);
  write_field_file(directory.path() / "f.h5", extents, 42, 1.25e-5, sample.fields(), world());
  expect_sample(directory.path() / "f.h5");
}

TEST(FieldFile, replaces_an_older_file_of_the_same_name) {
  const TemporaryDirectory directory(world());
  const auto extents = test::sample_extents(world());
  const SampleFields sample(extents);
  const auto path = directory.path() / "f.h5";
  write_field_file(path, extents, 7, 0.0, {}, world());
  write_field_file(path, extents, 42, 1.25e-5, sample.fields(), world());
  expect_sample(path);
}

TEST(FieldFile, reports_a_missing_directory_on_every_rank) {
  const auto extents = test::sample_extents(world());
  const SampleFields sample(extents);
  try {
    write_field_file("/no/such/directory/f.h5", extents, 0, 0.0, sample.fields(), world());
    FAIL() << "nothing was thrown";
  } catch (const core::RuntimeFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("/no/such/directory/f.h5"), std::string::npos) << failure.what();
  }
}

TEST(FieldFile, reports_a_full_disk_on_every_rank_and_leaves_nothing_behind) {
  const TemporaryDirectory directory(world());
  auto extents = test::sample_extents(world());
  extents.cells[2] = extents.owned[2] = 3000;  // 840 kB a field
  const SampleFields sample(extents);
  {
    const test::FileSizeLimit limit(200'000);
    EXPECT_THROW(write_field_file(directory.path() / "f.h5", extents, 0, 0.0, sample.fields(), world()),
                 core::RuntimeFailure);
  }
  world().barrier();
  EXPECT_TRUE(fs::is_empty(directory.path()));
}

}  // namespace
}  // namespace bimetal::io
