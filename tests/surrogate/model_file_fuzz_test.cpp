// Damaged and hostile model files (tests/support/fuzzing.hpp says how to have more of them, or one again).
#include <gtest/gtest.h>
#include <mpi.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../support/fuzzing.hpp"
#include "../support/sentence.hpp"
#include "core/error.hpp"
#include "foreign_module.hpp"
#include "model_mutations.hpp"
#include "parallel/mpi.hpp"
#include "surrogate/model_file.hpp"
#include "taught_surrogate.hpp"

namespace bimetal::surrogate {
namespace {

using bimetal::testing::FuzzOptions;
using bimetal::testing::Verdict;
using testing::Weights;

class ModelFileFuzz : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("mutant_" + std::to_string(::getpid()) + ".pt");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  FuzzOptions options(std::uint64_t n_mutants, double least_accepted, double most_accepted) const {
    const auto world = parallel::duplicate(MPI_COMM_WORLD);
    return {.n_mutants = n_mutants,
            .rank = static_cast<std::uint64_t>(world.rank()),
            .n_ranks = static_cast<std::uint64_t>(world.size()),
            .least_accepted = least_accepted,
            .most_accepted = most_accepted};
  }

  /// Loads it as a run would, describes it, and asks it about rows.
  Verdict judge(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    try {
      const ModelFile file(path_, comm_);
      static_cast<void>(file.describe());
      Surrogate surrogate(testing::toy_signature(), file, {}, testing::quick, comm_);
      static const auto rows = testing::toy_rows(20, 7);
      static_cast<void>(testing::ask(surrogate, Weights::candidate, rows));
      return {true, ""};
    } catch (const core::UserError& error) {
      const auto fault = bimetal::testing::fault_of_sentence(error.what(), path_.native());
      return {false, fault.empty() ? "" : fault + ": " + error.what()};
    } catch (const std::exception& error) {
      return {false, std::string("not a UserError: ") + error.what()};
    }
  }

  const parallel::Communicator comm_;  // serial: every rank tests by itself
  std::filesystem::path path_;
};

/// A small network that bimetal has taught and written.
const std::string& native_bytes() {
  static const std::string bytes = [] {
    Surrogate surrogate(testing::toy_signature(), {.layers = {8, 8}, .error_layers = {4}, .second_layers = {4}},
                        testing::quick, {});
    const auto rows = testing::toy_rows(2000, 100);
    surrogate.remember(rows.in.rows(), rows.out.rows(), rows.id, 0);
    surrogate.train(20);
    surrogate.familiarise();
    return surrogate.save(Weights::candidate);
  }();
  return bytes;
}

/// Of native and foreign models in turn.
const std::string& original(testing::Dice& dice) {
  static const std::string foreign = testing::foreign(native_bytes(), testing::foreign_module());
  return dice.below(3) == 0 ? foreign : native_bytes();
}

TEST_F(ModelFileFuzz, the_originals_are_accepted_also_when_written_anew) {
  testing::Dice dice(1);
  for (int i = 0; i < 10; ++i) {
    const auto& bytes = original(dice);
    for (const auto& each : {bytes, testing::ArchiveWriter::write(testing::read_archive(bytes))}) {
      const auto verdict = judge(each);
      EXPECT_TRUE(verdict.accepted && verdict.fault.empty()) << verdict.fault;
    }
  }
}

TEST_F(ModelFileFuzz, a_damaged_archive_is_refused_with_one_sentence) {
  // What is neither content nor structure, times and padding, may be anything.
  bimetal::testing::fuzz(
      options(800, 0.0, 0.1), [](auto& dice) { return testing::damaged(original(dice), dice); },
      [&](const std::string& bytes) { return judge(bytes); });
}

TEST_F(ModelFileFuzz, metadata_that_say_something_else_are_usable_or_refused_with_one_sentence) {
  bimetal::testing::fuzz(
      options(600, 0.02, 0.75), [](auto& dice) { return testing::misstated(original(dice), dice); },
      [&](const std::string& bytes) { return judge(bytes); });
}

TEST_F(ModelFileFuzz, an_archive_of_other_entries_is_usable_or_refused_with_one_sentence) {
  bimetal::testing::fuzz(
      options(150, 0.02, 0.75), [](auto& dice) { return testing::rearranged(original(dice), dice); },
      [&](const std::string& bytes) { return judge(bytes); });
}

TEST_F(ModelFileFuzz, weights_of_other_numbers_are_usable_or_refused_with_one_sentence) {
  bimetal::testing::fuzz(
      options(150, 0.02, 0.9), [](auto& dice) { return testing::renumbered(original(dice), dice); },
      [&](const std::string& bytes) { return judge(bytes); });
}

}  // namespace
}  // namespace bimetal::surrogate
