// Damaged checkpoints (tests/support/fuzzing.hpp says how to have more of them, or one again).
#include <gtest/gtest.h>
#include <mpi.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "../support/fuzzing.hpp"
#include "../support/sentence.hpp"
#include "core/error.hpp"
#include "io/checkpoint.hpp"
#include "io/checkpoint_directory.hpp"
#include "io/hdf5.hpp"
#include "io/seal.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::io {
namespace {

using bimetal::testing::Dice;
using bimetal::testing::FuzzOptions;
using bimetal::testing::Mutant;
using bimetal::testing::Verdict;

/// Something of every kind.
struct State {
  std::string text = "all the same";
  std::vector<double> numbers{1.0, 2.0, 3.0};
  double sum = 1.5;
  std::int64_t largest = 7;
  std::vector<std::byte> bytes{100, std::byte{7}};
  std::vector<double> values = std::vector<double>(24, 0.5);  // [12, 2]
  core::RowTable rows{2, 40};

  void persist(const core::Archive& archive) {
    archive.alike("text", text);
    archive.in("of").alike("numbers", std::span(numbers));
    archive.in("of/ranks").sums("sum", sum);
    archive.in("of/ranks").maxima("largest", largest);
    archive.first("bytes", bytes);
    archive.points("values", {.total = {4, 3, 1}, .first = {0, 0, 0}, .count = {4, 3, 1}}, values);
    archive.rows("rows", rows);
  }
};

constexpr std::array entries{"text",  "of/numbers", "of/ranks/sum", "of/ranks/largest",
                             "bytes", "values",     "rows",         "rows_by_rank",
                             "ranks", "of"};

/// Every rank has a file of its own.
class CheckpointFuzz : public ::testing::Test {
 protected:
  void SetUp() override {
    State state;
    write_checkpoint(
        path_, [&](const core::Archive& archive) { state.persist(archive); }, comm_);
    std::ifstream file(path_, std::ios::binary);
    sound_.assign(std::istreambuf_iterator<char>(file), {});
  }
  void TearDown() override { std::filesystem::remove(path_); }

  FuzzOptions options(std::uint64_t n_mutants) const {
    const auto world = parallel::duplicate(MPI_COMM_WORLD);
    return {.n_mutants = n_mutants,
            .rank = static_cast<std::uint64_t>(world.rank()),
            .n_ranks = static_cast<std::uint64_t>(world.size())};
  }

  void put(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }

  /// What becomes of the file: taken for a checkpoint and restored, or refused.
  Verdict judge() const {
    try {
      const auto chosen = choose_checkpoint(path_, comm_);
      State state;
      restore_checkpoint(
          chosen->path, [&](const core::Archive& archive) { state.persist(archive); }, comm_);
      return {true, ""};
    } catch (const core::UserError& error) {
      const auto fault = bimetal::testing::fault_of_sentence(error.what(), path_.native());
      return {false, fault.empty() ? "" : fault + ": " + error.what()};
    } catch (const std::exception& error) {
      return {false, std::string("not a UserError: ") + error.what()};
    }
  }

  const parallel::Communicator comm_ = parallel::duplicate(MPI_COMM_SELF);
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("checkpoint_" + std::to_string(::getpid()) + ".h5");
  std::string sound_;
};

TEST_F(CheckpointFuzz, no_damaged_file_is_taken_for_a_checkpoint) {
  ASSERT_TRUE(judge().accepted) << judge().fault;
  auto fuzz_options = options(1000);
  fuzz_options.least_accepted = -1.0;
  bimetal::testing::fuzz(
      fuzz_options,
      [&](Dice& dice) { return bimetal::testing::mutate(sound_, bimetal::testing::byte_mutations(), dice); },
      [&](const std::string& bytes) -> Verdict {
        put(bytes);
        const auto verdict = judge();
        if (!verdict.accepted || bytes == sound_) return verdict;
        return {true, "it is taken for a checkpoint"};
      });
}

/// One entry of a file lost, or put there with another shape, of another kind, or as a group.
std::string alter(hid_t file, Dice& dice) {
  const std::string name = entries[dice.below(entries.size())];
  H5Ldelete(file, name.c_str(), H5P_DEFAULT);
  const std::size_t kind = dice.below(6);
  if (kind == 0) return name + " lost";
  if (kind == 1) {
    H5Gclose(H5Gcreate2(file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    return name + " a group";
  }
  std::vector<hsize_t> shape(dice.below(4));
  for (auto& n : shape) n = dice.below(5) == 0 ? hsize_t{1} << dice.below(40) : dice.below(50);
  const std::array types{H5T_NATIVE_DOUBLE, H5T_NATIVE_FLOAT, H5T_NATIVE_INT64, H5T_NATIVE_UINT8, H5T_C_S1};
  const hid_t type = types[dice.below(types.size())];
  const hid_t space = shape.empty() ? H5Screate(dice.below(2) == 0 ? H5S_SCALAR : H5S_NULL)
                                    : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  // Space is only taken for what is written, so that large ones are small files.
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_alloc_time(creation, H5D_ALLOC_TIME_LATE);
  const hid_t dataset = H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  for (const auto close : {H5Dclose(dataset), H5Sclose(space), H5Pclose(creation)}) static_cast<void>(close);
  std::string what = name + " of shape";
  for (const auto n : shape) what += " " + std::to_string(n);
  return what;
}

TEST_F(CheckpointFuzz, a_sealed_file_of_other_entries_is_usable_or_refused_with_one_sentence) {
  auto fuzz_options = options(400);
  fuzz_options.least_accepted = -1.0;
  const hdf5::SilentErrors silent;
  bimetal::testing::fuzz(
      fuzz_options,
      [&](Dice& dice) {
        put(sound_);
        const hid_t file = H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        Mutant mutant{"", alter(file, dice)};
        if (dice.below(3) == 0) mutant.kinds += ", " + alter(file, dice);
        H5Fclose(file);
        return mutant;
      },
      [&](const std::string&) {
        seal(path_, comm_);
        return judge();
      });
}

}  // namespace
}  // namespace bimetal::io
