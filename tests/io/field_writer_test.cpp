#include "io/field_writer.hpp"

#include <gtest/gtest.h>

#include "../support/memory_archive.hpp"
#include "parallel/mpi.hpp"
#include "sample_fields.hpp"
#include "temporary_directory.hpp"
#include "text.hpp"

namespace bimetal::io {
namespace {

namespace fs = std::filesystem;
using test::content;
using test::count;
using test::TemporaryDirectory;

TEST(FieldWriter, keeps_the_xdmf_index_up_to_date_after_each_snapshot) {
  const auto comm = parallel::duplicate(MPI_COMM_WORLD);
  const TemporaryDirectory directory(comm);
  const auto extents = test::sample_extents(comm);
  const test::SampleFields sample(extents);
  FieldWriter writer(directory.path(), extents, comm);
  for (const std::int64_t step : {0, 50, 100}) {
    writer.write(step, 1e-6 * static_cast<double>(step), sample.fields());
    EXPECT_TRUE(fs::exists(directory.path() / field_file_name(step)));
    EXPECT_EQ(count(content(directory.path() / "fields.xdmf"), "<Time"), step / 50 + 1);
    comm.barrier();  // nobody looks while the next one is written
  }
  EXPECT_NE(content(directory.path() / "fields.xdmf").find("fields_000050.h5:/fields/Y_OH<"), std::string::npos);
}

TEST(FieldWriter, continues_the_series_of_a_restarted_run_and_drops_what_lies_ahead) {
  const auto comm = parallel::duplicate(MPI_COMM_WORLD);
  const TemporaryDirectory directory(comm);
  const auto extents = test::sample_extents(comm);
  const test::SampleFields sample(extents);
  FieldWriter before(directory.path(), extents, comm);
  for (const std::int64_t step : {0, 50, 100}) before.write(step, 1e-6 * static_cast<double>(step), sample.fields());
  auto archive = testing::MemoryArchive::of(before);
  FieldWriter writer(directory.path(), extents, comm);
  archive.give_to(writer);
  writer.write(50, 5e-5, sample.fields());
  const auto index = content(directory.path() / "fields.xdmf");
  EXPECT_EQ(count(index, "<Time"), 2);
  EXPECT_NE(index.find("fields_000000.h5"), std::string::npos);
  EXPECT_EQ(index.find("fields_000100.h5"), std::string::npos);
}

TEST(Xdmf, describes_nodes_for_the_mesh_and_cells_for_the_data_slowest_axis_first) {
  const auto extents = test::sample_extents(parallel::Communicator());
  const std::vector<Snapshot> snapshots{{42, 1e-5, {{"Y_<odd>", Scalar::int32}}}};
  const auto text = xdmf_document(extents, snapshots);
  EXPECT_NE(text.find(R"(TopologyType="3DCoRectMesh" Dimensions="4 6 8")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(Format="HDF" Dimensions="3 5 7" NumberType="Int" Precision="4")"), std::string::npos);
  EXPECT_NE(text.find(">0 -1 0.25<"), std::string::npos) << "origin";
  EXPECT_NE(text.find("Y_&lt;odd&gt;"), std::string::npos);
  EXPECT_NE(text.find(R"(<Time Value="1e-05"/>)"), std::string::npos);
}

TEST(Xdmf, numbers_field_files_with_at_least_six_digits) {
  EXPECT_EQ(field_file_name(0), "fields_000000.h5");
  EXPECT_EQ(field_file_name(42), "fields_000042.h5");
  EXPECT_EQ(field_file_name(12345678), "fields_12345678.h5");
}

}  // namespace
}  // namespace bimetal::io
