#include "io/file_comparison.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "core/error.hpp"
#include "io/field_file.hpp"
#include "sample_fields.hpp"
#include "temporary_directory.hpp"

namespace bimetal::io {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

/// Snapshots of one row of cells, in a directory of this rank's own.
class FileComparisonTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::vector<double>& values,
                              const std::vector<std::string>& names = {"T"}) {
    grid::Extents extents;
    extents.dimensions = 1;
    extents.cells = extents.owned = {std::ssize(values), 1, 1};
    extents.upper = {1.0, 1.0, 1.0};
    std::vector<CellField> fields;
    for (const auto& each : names) fields.push_back(column(each, "K", values.data(), 1));
    const auto path = directory_.path() / name;
    write_field_file(path, extents, 1, 0.0, fields, alone_);
    return path;
  }

  DatasetComparison compare(const std::vector<double>& a, const std::vector<double>& b) {
    const auto found = compare_files(write("a.h5", a), write("b.h5", b));
    EXPECT_EQ(found.common.size(), 1U) << "what only shows the fields to VTK is no dataset of its own";
    EXPECT_EQ(found.common.front().name, "fields/T");
    return found.common.front();
  }

  const parallel::Communicator alone_;
  const test::TemporaryDirectory directory_{alone_};
};

TEST_F(FileComparisonTest, finds_equal_values_equal_to_the_bit) {
  const auto found = compare({300.0, nan, -infinity, 2000.0}, {300.0, nan, -infinity, 2000.0});
  EXPECT_TRUE(found.same_bits);
  EXPECT_EQ(found.largest, 0.0);
}

TEST_F(FileComparisonTest, measures_the_largest_difference_and_the_range) {
  const auto found = compare({300.0, 1000.0, 2000.0}, {300.0, 1000.5, 1999.75});
  EXPECT_FALSE(found.same_bits);
  EXPECT_EQ(found.largest, 0.5);
  EXPECT_EQ(found.mean, 0.25);
  EXPECT_EQ(found.range, 1700.0);
}

TEST_F(FileComparisonTest, tells_the_last_bit) {
  const auto found = compare({300.0, 1.0}, {300.0, std::nextafter(1.0, 2.0)});
  EXPECT_FALSE(found.same_bits);
  EXPECT_EQ(found.largest, std::numeric_limits<double>::epsilon());
  EXPECT_FALSE(compare({0.0}, {-0.0}).same_bits);
}

TEST_F(FileComparisonTest, takes_other_shapes_and_what_is_not_a_number_for_infinitely_different) {
  EXPECT_EQ(compare({1.0, 2.0}, {1.0, 2.0, 3.0}).largest, infinity);
  EXPECT_EQ(compare({1.0, 2.0}, {1.0, nan}).largest, infinity);
  EXPECT_EQ(compare({1.0, infinity}, {1.0, 2.0}).largest, infinity);
}

TEST_F(FileComparisonTest, names_what_only_one_file_has) {
  const std::vector<double> values{1.0, 2.0};
  const auto found = compare_files(write("a.h5", values, {"T", "Y_H"}), write("b.h5", values, {"T", "Y_OH"}));
  EXPECT_EQ(found.only_in_first, std::vector<std::string>{"fields/Y_H"});
  EXPECT_EQ(found.only_in_second, std::vector<std::string>{"fields/Y_OH"});
  EXPECT_EQ(found.common.size(), 1U);
}

TEST_F(FileComparisonTest, refuses_what_is_no_such_file) {
  const auto sound = write("a.h5", {1.0});
  const auto text = directory_.path() / "text.h5";
  std::ofstream(text) << "not HDF5";
  EXPECT_THROW(compare_files(sound, text), core::UserError);
  EXPECT_THROW(compare_files(directory_.path() / "none.h5", sound), core::UserError);
}

}  // namespace
}  // namespace bimetal::io
