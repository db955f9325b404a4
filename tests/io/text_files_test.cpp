// The small text files of a run: history.csv, summary.json, and how they get onto the disk.
#include <gtest/gtest.h>

#include <limits>

#include "core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/history.hpp"
#include "io/on_all_ranks.hpp"
#include "io/summary.hpp"
#include "parallel/mpi.hpp"
#include "temporary_directory.hpp"
#include "text.hpp"

namespace bimetal::io {
namespace {

namespace fs = std::filesystem;
using test::content;
using test::TemporaryDirectory;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

const parallel::Communicator& world() {
  static const auto comm = parallel::duplicate(MPI_COMM_WORLD);
  return comm;
}

TEST(History, writes_a_header_and_one_line_per_step_at_once) {
  const TemporaryDirectory directory(world());
  const auto path = directory.path() / "history.csv";
  History history(path, {"step", "time_s", "loss"}, world());
  EXPECT_EQ(content(path), "step,time_s,loss\n");
  world().barrier();
  history.append(std::vector{1.0, 1e-6, 1.0 / 3.0});
  history.append(std::vector{2.0, 2e-6, nan});
  world().barrier();
  EXPECT_EQ(content(path), "step,time_s,loss\n1,1e-06,0.333333333\n2,2e-06,nan\n");
}

TEST(History, writes_whole_numbers_in_full) {
  EXPECT_EQ(csv_line(std::vector{12345678901234.0, -1.0, 0.5, inf}), "12345678901234,-1,0.5,inf");
}

TEST(History, reports_a_missing_directory_on_every_rank) {
  EXPECT_THROW(History("/no/such/directory/history.csv", {"step"}, world()), core::RuntimeFailure);
}

TEST(Summary, is_indented_json_in_the_order_it_was_made_with_null_for_numbers_json_has_not) {
  const TemporaryDirectory directory(world());
  const auto path = directory.path() / "summary.json";
  nlohmann::ordered_json summary;
  summary["steps"] = 3;
  summary["certificate"]["upper_bound"] = nan;
  summary["speed"] = inf;
  write_json(path, summary, world());
  EXPECT_EQ(content(path),
            "{\n  \"steps\": 3,\n  \"certificate\": {\n    \"upper_bound\": null\n  },\n"
            "  \"speed\": null\n}\n");
  EXPECT_FALSE(fs::exists(part_of(path)));
}

TEST(Summary, reports_a_missing_directory_on_every_rank) {
  EXPECT_THROW(write_json("/no/such/directory/summary.json", {}, world()), core::RuntimeFailure);
}

TEST(AtomicFile, leaves_the_old_file_alone_when_the_new_one_cannot_be_written) {
  const parallel::Communicator alone;
  const TemporaryDirectory directory(alone);
  const auto path = directory.path() / "f.txt";
  write_atomically(path, "old");
  fs::create_symlink("/dev/full", part_of(path));  // every write to it says: no space left
  EXPECT_THROW(write_atomically(path, "new"), core::RuntimeFailure);
  EXPECT_EQ(content(path), "old");
  EXPECT_FALSE(fs::is_symlink(part_of(path)));
  write_atomically(path, "new");
  EXPECT_EQ(content(path), "new");
}

TEST(OnAllRanks, makes_the_failure_of_one_rank_the_failure_of_all) {
  const int last = world().size() - 1;
  try {
    on_all_ranks(world(), [&] {
      if (world().rank() == last) throw core::RuntimeFailure("the disk of the last rank is full");
    });
    FAIL() << "nothing was thrown";
  } catch (const core::RuntimeFailure& failure) {
    EXPECT_STREQ(failure.what(), "the disk of the last rank is full");
  }
}

}  // namespace
}  // namespace bimetal::io
