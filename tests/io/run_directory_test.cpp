#include "io/run_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "parallel/mpi.hpp"
#include "temporary_directory.hpp"

namespace bimetal::io {
namespace {

namespace fs = std::filesystem;

class RunDirectory : public ::testing::Test {
 protected:
  void touch(const std::string& name) {
    if (comm_.is_root()) std::ofstream(directory_.path() / name) << "content";
    comm_.barrier();
  }
  bool has(const std::string& name) const { return fs::exists(directory_.path() / name); }

  /// What prepare_run_directory says; "" when it is content. Every rank must be told the same.
  std::string refusal(const fs::path& path, OnExisting on_existing = OnExisting::refuse) {
    std::string said;
    try {
      prepare_run_directory(path, on_existing, comm_);
    } catch (const core::UserError& error) {
      said = error.what();
    }
    std::string of_root = said;
    comm_.broadcast(of_root);
    EXPECT_EQ(said, of_root);
    comm_.barrier();
    return said;
  }

  parallel::Communicator comm_ = parallel::duplicate(MPI_COMM_WORLD);
  test::TemporaryDirectory directory_{comm_};
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_F(RunDirectory, is_created_with_its_parents) {
  EXPECT_EQ(refusal(directory_.path() / "a/b/c"), "");
  EXPECT_TRUE(fs::is_directory(directory_.path() / "a/b/c"));
  EXPECT_TRUE(fs::is_empty(directory_.path() / "a/b/c"));
}

TEST_F(RunDirectory, is_used_when_it_is_empty) { EXPECT_EQ(refusal(directory_.path()), ""); }

TEST_F(RunDirectory, is_refused_when_it_holds_a_run) {
  touch("fields_000050.h5");
  const auto said = refusal(directory_.path());
  EXPECT_TRUE(contains(said, "holds a run already (it has a fields_000050.h5)")) << said;
  EXPECT_TRUE(contains(said, "-o") && contains(said, "--overwrite")) << said;
  EXPECT_TRUE(has("fields_000050.h5"));
}

TEST_F(RunDirectory, is_refused_when_it_holds_other_files) {
  touch("thesis.tex");
  const auto said = refusal(directory_.path());
  EXPECT_TRUE(contains(said, "not empty (it has a 'thesis.tex')")) << said;
}

TEST_F(RunDirectory, loses_the_files_of_the_old_run_and_no_others_when_overwritten) {
  const std::vector<std::string> run{"config.yaml",
                                     "summary.json",
                                     "history.csv",
                                     "log.txt",
                                     "fields_000050.h5",
                                     "fields.xdmf",
                                     "checkpoint_000100.h5",
                                     "surrogate_v03.pt",
                                     "data.h5",
                                     "fields_000051.h5.part",
                                     "failed_reactors_000007.json"};
  const std::vector<std::string> others{"thesis.tex", "fields_final.h5", "my_config.yaml", "surrogate_v.pt",
                                        "failed_reactors_x.json"};
  for (const auto& name : run) touch(name);
  for (const auto& name : others) touch(name);
  EXPECT_EQ(refusal(directory_.path(), OnExisting::overwrite), "");
  for (const auto& name : run) EXPECT_FALSE(has(name)) << name;
  for (const auto& name : others) EXPECT_TRUE(has(name)) << name;
}

TEST_F(RunDirectory, keeps_a_directory_that_is_named_like_a_run_file) {
  if (comm_.is_root()) fs::create_directory(directory_.path() / "log.txt");
  comm_.barrier();
  EXPECT_EQ(refusal(directory_.path(), OnExisting::overwrite), "");
  EXPECT_TRUE(has("log.txt"));
}

TEST_F(RunDirectory, cannot_be_a_file) {
  touch("file");
  EXPECT_TRUE(contains(refusal(directory_.path() / "file", OnExisting::overwrite), "is a file"));
  EXPECT_TRUE(contains(refusal(directory_.path() / "file/below"), "cannot be created: Not a directory"));
  EXPECT_TRUE(has("file"));
}

TEST_F(RunDirectory, must_be_writable) {
  // Nobody, not even root, creates files in here.
  const auto said = refusal("/proc/self/task", OnExisting::overwrite);
  EXPECT_TRUE(contains(said, "'/proc/self/task' cannot be written to: ")) << said;
}

TEST_F(RunDirectory, must_be_the_same_one_on_all_ranks) {
  if (comm_.size() == 1) GTEST_SKIP() << "a rank alone agrees with itself";
  const bool last = comm_.rank() == comm_.size() - 1;
  const auto here = directory_.path() / "here", elsewhere = directory_.path() / "elsewhere";
  if (comm_.is_root()) fs::create_directory(elsewhere);
  const auto said = refusal(last ? elsewhere : here);
  EXPECT_TRUE(contains(said, fmt::format("of rank {} is not that of rank 0", comm_.size() - 1))) << said;
  EXPECT_TRUE(contains(said, "elsewhere") && contains(said, "-o")) << said;
  EXPECT_TRUE(fs::is_empty(here)) << "the probe must be gone";
}

TEST_F(RunDirectory, needs_a_name) { EXPECT_TRUE(contains(refusal(""), "empty name")); }

}  // namespace
}  // namespace bimetal::io
