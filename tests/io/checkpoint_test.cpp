#include "io/checkpoint.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <fstream>
#include <numeric>

#include "core/error.hpp"
#include "file_size_limit.hpp"
#include "io/checkpoint_directory.hpp"
#include "io/seal.hpp"
#include "parallel/mpi.hpp"
#include "temporary_directory.hpp"

namespace bimetal::io {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;

parallel::Communicator world() { return parallel::duplicate(MPI_COMM_WORLD); }

/// A state with something of every kind, as rank `rank` of `n_ranks` has it: of a line of 20 points each rank owns a
/// part, and of a table of 3 rows a rank its own.
struct State {
  State() = default;
  State(int rank, int n_ranks) : text("all the same"), sum(rank + 1.0), largest(10 * rank), least(-rank) {
    points = points_of(rank, n_ranks);
    for (std::int64_t i = 0; i < points.size(); ++i)
      for (int k = 0; k < 2; ++k) values.push_back(static_cast<double>(2 * (points.first[0] + i) + k));
    for (int i = 0; i < 3; ++i) {
      ids.push_back(static_cast<std::uint64_t>(3 * rank + i));
      rows.append(std::vector{static_cast<double>(3 * rank + i), 0.5});
    }
  }
  static core::PointsOfRank points_of(int rank, int n_ranks) {
    const std::int64_t first = 20 * rank / n_ranks, end = 20 * (rank + 1) / n_ranks;
    return {.total = {20, 1, 1}, .first = {first, 0, 0}, .count = {end - first, 1, 1}};
  }

  void persist(const core::Archive& archive) {
    archive.alike("text", text);
    archive.in("of/ranks").sums("sum", sum);
    archive.in("of/ranks").maxima("largest", largest);
    archive.in("of/ranks").minima("least", least);
    archive.points("values", points, values);
    archive.rows("ids", ids);
    archive.rows("rows", rows);
  }

  std::string text;
  double sum = 0.0;
  std::int64_t largest = 0, least = 0;
  core::PointsOfRank points;
  std::vector<double> values;
  std::vector<std::uint64_t> ids;
  core::RowTable rows{2};
};

Persist persist(State& state) {
  return [&state](const core::Archive& archive) { state.persist(archive); };
}

State restored(const fs::path& path, const parallel::Communicator& comm) {
  State state;
  state.points = State::points_of(comm.rank(), comm.size());
  state.values.resize(static_cast<std::size_t>(2 * state.points.size()));
  restore_checkpoint(path, persist(state), comm);
  return state;
}

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Checkpoint, gives_every_rank_its_own_back) {
  const auto comm = world();
  const TemporaryDirectory directory(comm);
  const auto path = directory.path() / "checkpoint_000001.h5";
  State before(comm.rank(), comm.size());
  write_checkpoint(path, persist(before), comm);
  EXPECT_EQ(flaw_of(path, comm), "");
  const auto after = restored(path, comm);
  EXPECT_EQ(after.text, before.text);
  EXPECT_EQ(after.sum, before.sum);
  EXPECT_EQ(after.largest, before.largest);
  EXPECT_EQ(after.least, before.least);
  EXPECT_EQ(after.values, before.values);
  EXPECT_EQ(after.ids, before.ids);
  EXPECT_TRUE(std::ranges::equal(after.rows.rows().flat(), before.rows.rows().flat()));
}

TEST(Checkpoint, is_dealt_out_anew_on_another_number_of_ranks) {
  const auto comm = world();
  const TemporaryDirectory directory(comm);
  const auto path = directory.path() / "checkpoint_000001.h5";
  State before(comm.rank(), comm.size());
  write_checkpoint(path, persist(before), comm);
  // Every rank by itself, and two halves: on fewer ranks than saved, unless there is one.
  for (const auto& group : {comm.split(comm.rank()), comm.split(comm.rank() % 2)}) {
    const auto after = restored(path, group);
    const std::int64_t n_saved = comm.size();
    EXPECT_EQ(group.sum(after.sum), static_cast<double>(n_saved * (n_saved + 1) / 2));
    if (group.size() != comm.size()) {
      EXPECT_EQ(after.largest, 10 * (n_saved - 1));
      EXPECT_EQ(after.least, 1 - n_saved);
    }
    EXPECT_EQ(after.values, State(group.rank(), group.size()).values);
    EXPECT_EQ(group.sum(static_cast<std::int64_t>(after.ids.size())), 3 * n_saved);
    ASSERT_EQ(after.rows.size(), static_cast<std::int64_t>(after.ids.size()));
    for (std::int64_t i = 0; i < after.rows.size(); ++i)
      EXPECT_EQ(after.rows[i][0], static_cast<double>(after.ids[static_cast<std::size_t>(i)]));
  }
}

TEST(Checkpoint, is_refused_when_any_byte_has_changed) {
  const auto comm = world();
  const TemporaryDirectory directory(comm);
  const auto path = directory.path() / "checkpoint_000001.h5";
  State before(comm.rank(), comm.size());
  write_checkpoint(path, persist(before), comm);
  const auto sound = content(path);
  // Its text, then every hundredth byte or so, at other places on every number of ranks.
  for (std::size_t at = 0; at < sound.size(); at += at < 80 ? 7 : 97 + static_cast<std::size_t>(comm.size())) {
    auto damaged = sound;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    comm.barrier();
    if (comm.is_root()) std::ofstream(path, std::ios::binary) << damaged;
    comm.barrier();
    EXPECT_NE(flaw_of(path, comm), "") << at;
  }
  for (const auto& damaged : {sound.substr(0, sound.size() - 1), sound + "x", sound.substr(0, 100), std::string()}) {
    comm.barrier();
    if (comm.is_root()) std::ofstream(path, std::ios::binary) << damaged;
    comm.barrier();
    EXPECT_NE(flaw_of(path, comm), "") << damaged.size();
  }
}

TEST(Checkpoint, that_the_disk_does_not_take_leaves_the_one_before_alone) {
  const auto comm = world();
  const TemporaryDirectory directory(comm);
  const auto path = directory.path() / "checkpoint_000001.h5";
  State before(comm.rank(), comm.size());
  write_checkpoint(path, persist(before), comm);
  const auto sound = content(path);
  before.text.assign(100'000, 'x');
  {
    const test::FileSizeLimit limit(50'000);
    EXPECT_THROW(write_checkpoint(path, persist(before), comm), core::RuntimeFailure);
  }
  EXPECT_THROW(write_checkpoint("/no/such/directory/checkpoint.h5", persist(before), comm), core::RuntimeFailure);
  EXPECT_EQ(content(path), sound);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), {}), 1);
}

TEST(Checkpoint, of_something_else_is_a_user_error_on_every_rank) {
  const auto comm = world();
  const TemporaryDirectory directory(comm);
  const auto path = directory.path() / "checkpoint_000001.h5";
  State before(comm.rank(), comm.size());
  write_checkpoint(path, persist(before), comm);
  double number = 0.0;
  EXPECT_THROW(restore_checkpoint(
                   path, [&](const core::Archive& a) { a.alike("absent", number); }, comm),
               core::UserError);
  EXPECT_THROW(restore_checkpoint(
                   path, [&](const core::Archive& a) { a.sums("text", number); }, comm),
               core::UserError);
  std::vector<double> few(2);
  EXPECT_THROW(restore_checkpoint(
                   path,
                   [&](const core::Archive& a) {
                     a.points("values", {.total = {10, 1, 1}}, few);
                   },
                   comm),
               core::UserError);
  if (comm.is_root()) std::ofstream(directory.path() / "text") << "no HDF5";
  comm.barrier();
  EXPECT_THROW(restored(directory.path() / "text", comm), core::UserError);
}

TEST(CheckpointDirectory, keeps_the_last_two_and_finds_the_newest_sound_one) {
  const auto comm = world();
  const TemporaryDirectory directory(comm);
  State state(comm.rank(), comm.size());
  EXPECT_FALSE(choose_checkpoint(directory.path(), comm));
  for (const std::int64_t step : {8, 16, 1'000'000}) {
    write_checkpoint(directory.path() / checkpoint_file_name(step), persist(state), comm);
    if (comm.is_root()) remove_older_checkpoints(directory.path(), step);
    comm.barrier();
  }
  const auto paths = list_checkpoints(directory.path());
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].filename(), "checkpoint_1000000.h5");
  EXPECT_EQ(step_of_checkpoint(paths[1]), 16);
  EXPECT_EQ(choose_checkpoint(directory.path(), comm)->path, paths[0]);
  comm.barrier();
  if (comm.is_root()) fs::resize_file(paths[0], 3000);
  comm.barrier();
  const auto chosen = choose_checkpoint(directory.path(), comm);
  EXPECT_EQ(chosen->path, paths[1]);
  EXPECT_EQ(chosen->warnings.size(), 1U);
  EXPECT_THROW(choose_checkpoint(paths[0], comm), core::UserError);
  comm.barrier();
  if (comm.is_root()) fs::resize_file(paths[1], 0);
  comm.barrier();
  EXPECT_THROW(choose_checkpoint(directory.path(), comm), core::UserError);
  EXPECT_THROW(choose_checkpoint(directory.path() / "absent", comm), core::UserError);
}

TEST(CheckpointDirectory, tells_checkpoints_by_their_names) {
  EXPECT_EQ(step_of_checkpoint("out/checkpoint_000042.h5"), 42);
  for (const auto* name : {"checkpoint_.h5", "checkpoint_12.h5.part", "checkpoint_1a.h5", "fields_000042.h5", "x"})
    EXPECT_FALSE(step_of_checkpoint(name)) << name;
}

}  // namespace
}  // namespace bimetal::io
