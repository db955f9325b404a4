#include "io/data_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "core/error.hpp"
#include "file_size_limit.hpp"
#include "io/hdf5.hpp"
#include "parallel/mpi.hpp"
#include "temporary_directory.hpp"

namespace bimetal::io {
namespace {

namespace fs = std::filesystem;
using core::DataRows;
using test::TemporaryDirectory;

constexpr std::int64_t n_in = 3, n_out = 2;

const parallel::Communicator& world() {
  static const auto comm = parallel::duplicate(MPI_COMM_WORLD);
  return comm;
}

const DataDescription description{"kernel", "bimetal 0", R"({"kind": "sample"})"};

/// Rows whose columns follow from cell and step; those of cells rank, rank + size, ... below n_cells.
DataRows sample(std::int64_t step, std::int64_t n_cells, const parallel::Communicator& comm) {
  DataRows rows(n_in, n_out);
  for (std::int64_t id = comm.rank(); id < n_cells; id += comm.size()) {
    const double x = static_cast<double>(id) + 1e-3 * static_cast<double>(step);
    rows.in.append(std::array{x, 2.0 * x, 3.0 * x});
    rows.out.append(std::array{-x, 0.5 * x});
    rows.id.push_back(id);
    rows.step.push_back(step);
    rows.held_out.push_back(id % 5 == 0);
  }
  return rows;
}

struct Found {
  explicit Found(const fs::path& path)
      : file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), "open " + path.string()) {}

  std::vector<double> read(const char* name) {
    const hdf5::Dataset dataset(H5Dopen2(file.get(), name, H5P_DEFAULT), "open a table");
    const hdf5::Dataspace space(H5Dget_space(dataset.get()), "look at a table");
    std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    hdf5::check(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "read");
    return values;
  }
  std::string text(const char* name) {
    const hdf5::Attribute attribute(H5Aopen(file.get(), name, H5P_DEFAULT), "open an attribute");
    const hdf5::Datatype type(H5Aget_type(attribute.get()), "look at an attribute");
    std::string text(H5Tget_size(type.get()), ' ');
    hdf5::check(H5Aread(attribute.get(), type.get(), text.data()), "read an attribute");
    return text;
  }

  hdf5::File file;
};

/// The rows of steps [0, n_steps) with so many cells each, once each, whatever their order.
void expect_rows(Found& found, std::int64_t n_steps, std::int64_t n_cells) {
  const auto in = found.read("in"), out = found.read("out"), id = found.read("id"), step = found.read("step");
  const auto held_out = found.read("held_out");
  const auto n = static_cast<std::size_t>(n_steps * n_cells);
  ASSERT_EQ(id.size(), n);
  ASSERT_EQ(in.size(), n * n_in);
  ASSERT_EQ(out.size(), n * n_out);
  std::set<std::pair<double, double>> names;
  for (std::size_t i = 0; i < n; ++i) {
    names.emplace(id[i], step[i]);
    const double x = id[i] + 1e-3 * step[i];
    ASSERT_EQ(in[i * n_in + 2], 3.0 * x);
    ASSERT_EQ(out[i * n_out + 1], 0.5 * x);
    ASSERT_EQ(held_out[i], static_cast<std::int64_t>(id[i]) % 5 == 0);
  }
  EXPECT_EQ(names.size(), n) << "every row once";
}

TEST(DataSet, holds_the_rows_of_all_ranks_and_steps_once) {
  const TemporaryDirectory directory(world());
  const auto path = directory.path() / "data.h5";
  DataSet data(path, n_in, n_out, description, world());
  for (std::int64_t step = 0; step < 7; ++step) data.append(sample(step, 5000, world()));  // more than one write
  EXPECT_FALSE(fs::exists(path));
  world().barrier();
  data.close();
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), {}), 1) << "nothing but the file";
  Found found(path);
  expect_rows(found, 7, 5000);
  EXPECT_EQ(found.text("case"), "kernel");
  EXPECT_EQ(found.text("program"), "bimetal 0");
  EXPECT_EQ(found.text("signature"), description.signature);
}

TEST(DataSet, is_the_same_from_a_serial_rank_without_a_group) {
  const parallel::Communicator alone;
  const TemporaryDirectory directory(alone);
  DataSet data(directory.path() / "data.h5", n_in, n_out, description, alone);
  for (std::int64_t step = 0; step < 3; ++step) data.append(sample(step, 10, alone));
  data.close();
  Found found(directory.path() / "data.h5");
  expect_rows(found, 3, 10);
}

TEST(DataSet, may_stay_empty) {
  const TemporaryDirectory directory(world());
  DataSet data(directory.path() / "data.h5", n_in, n_out, description, world());
  data.append(DataRows(n_in, n_out));
  data.close();
  Found found(directory.path() / "data.h5");
  expect_rows(found, 0, 0);
}

TEST(DataSet, takes_ranks_without_rows) {
  const TemporaryDirectory directory(world());
  DataSet data(directory.path() / "data.h5", n_in, n_out, description, world());
  const bool last = world().rank() == world().size() - 1;
  data.append(last ? sample(0, 100, parallel::Communicator()) : DataRows(n_in, n_out));
  data.close();
  Found found(directory.path() / "data.h5");
  expect_rows(found, 1, 100);
}

TEST(DataSet, of_a_run_that_was_killed_can_be_read_up_to_the_last_write) {
  const TemporaryDirectory directory(world());
  const auto part = directory.path() / "data_000000.h5.part";
  const auto copy = directory.path() / "copy.h5";
  DataSet data(directory.path() / "data.h5", n_in, n_out, description, world());
  for (std::int64_t step = 0; step < 4; ++step) data.append(sample(step, 5000, world()));  // one write
  world().barrier();
  if (world().is_root()) fs::copy_file(part, copy);
  world().barrier();
  {
    Found found(copy);
    expect_rows(found, 4, 5000);
  }
  data.close();
}

/// A data set that is given the rows of these steps.
void append_steps(DataSet& data, std::int64_t first, std::int64_t end) {
  for (std::int64_t step = first; step < end; ++step) data.append(sample(step, 3000, world()));
}

TEST(DataSet, of_a_run_in_several_parts_has_all_rows_once) {
  const TemporaryDirectory directory(world());
  const auto path = directory.path() / "data.h5";
  {
    DataSet data(path, n_in, n_out, description, world());
    append_steps(data, 0, 8);
    data.cut(8);
    append_steps(data, 8, 9);
    data.cut(9);
    append_steps(data, 9, 17);  // lost: the run is killed here, and goes on behind step 9
  }
  world().barrier();
  if (world().is_root()) fs::remove(directory.path() / "data_000009.h5.part");
  world().barrier();
  DataSet data(path, n_in, n_out, description, world(), 9);
  append_steps(data, 9, 12);
  data.close();
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), {}), 1) << "nothing but the file";
  Found found(path);
  expect_rows(found, 12, 3000);
}

TEST(DataSet, of_a_finished_run_is_prolonged_from_any_of_its_steps) {
  const TemporaryDirectory directory(world());
  const auto path = directory.path() / "data.h5";
  {
    DataSet data(path, n_in, n_out, description, world());
    append_steps(data, 0, 8);
    data.close();
  }
  for (const std::int64_t from : {8, 5}) {
    DataSet data(path, n_in, n_out, description, world(), from);
    append_steps(data, from, 10);
    data.close();
    Found found(path);
    expect_rows(found, 10, 3000);
    world().barrier();
  }
}

TEST(DataSet, reports_a_full_disk_on_every_rank_and_keeps_what_it_has) {
  const TemporaryDirectory directory(world());
  DataSet data(directory.path() / "data.h5", n_in, n_out, description, world());
  for (std::int64_t step = 0; step < 7; ++step) data.append(sample(step, 5000, world()));
  {
    const test::FileSizeLimit limit(1'500'000);
    EXPECT_THROW(data.append(sample(7, 5000, world())), core::RuntimeFailure);
  }
  world().barrier();
  Found found(directory.path() / "data_000000.h5.part");
  expect_rows(found, 4, 5000);
}

TEST(DataSet, reports_a_missing_directory_on_every_rank) {
  try {
    DataSet("/no/such/directory/data.h5", n_in, n_out, description, world());
    FAIL() << "nothing was thrown";
  } catch (const core::RuntimeFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("/no/such/directory/data.h5"), std::string::npos) << failure.what();
  }
}

}  // namespace
}  // namespace bimetal::io
