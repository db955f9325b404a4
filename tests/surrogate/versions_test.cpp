#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "../support/memory_archive.hpp"
#include "parallel/mpi.hpp"
#include "taught_surrogate.hpp"

namespace bimetal::surrogate {
namespace {

using testing::ask;
using testing::hash;
using testing::quantile;
using testing::quick;
using testing::same_on_all_ranks;
using testing::small;
using testing::taught;
using testing::toy_rows;
using testing::toy_signature;
using testing::Weights;

constexpr int n_asked = 50;

/// Of so many rows, those with a finite number in their answer, and those with one among the signals.
struct FiniteRows {
  int answers = 0;
  int signals = 0;
};
FiniteRows finite_rows(Surrogate& surrogate, Weights which) {
  const auto answers = ask(surrogate, which, toy_rows(n_asked, 30));
  FiniteRows rows;
  for (std::int64_t i = 0; i < n_asked; ++i) {
    const auto& signals = answers.signals[static_cast<std::size_t>(i)];
    rows.answers += std::ranges::any_of(answers.out[i].subspan(1), [](double y) { return std::isfinite(y); });
    rows.signals += std::isfinite(signals.predicted_error) || std::isfinite(signals.disagreement);
  }
  return rows;
}

double median_error(Surrogate& surrogate, Weights which) {
  const auto rows = toy_rows(1000, 31);
  return quantile(testing::errors_of(ask(surrogate, which, rows), rows), 0.5);
}

TEST(Versions, serve_unchanged_while_the_candidate_goes_on_learning) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto surrogate = taught(world, 20);
  const auto rows = toy_rows(100, 12);
  EXPECT_EQ(surrogate.version(), -1);
  surrogate.promote();
  EXPECT_EQ(surrogate.version(), 0);
  const auto promoted = hash(ask(surrogate, Weights::serving, rows));
  EXPECT_EQ(promoted, hash(ask(surrogate, Weights::candidate, rows)));
  EXPECT_FALSE(surrogate.has_snapshot());
  surrogate.take_snapshot();
  surrogate.train(20);
  EXPECT_EQ(promoted, hash(ask(surrogate, Weights::snapshot, rows)));
  EXPECT_EQ(promoted, hash(ask(surrogate, Weights::serving, rows)));
  EXPECT_NE(promoted, hash(ask(surrogate, Weights::candidate, rows)));
  surrogate.promote();
  EXPECT_EQ(surrogate.version(), 1);
  EXPECT_NE(promoted, hash(ask(surrogate, Weights::serving, rows)));
}

TEST(Versions, may_serve_before_anything_was_learned) {
  Surrogate surrogate(toy_signature(), small, quick, {});
  surrogate.promote();
  EXPECT_EQ(surrogate.version(), 0);
  EXPECT_FALSE(surrogate.trained());
  const auto finite = finite_rows(surrogate, Weights::serving);
  EXPECT_EQ(finite.answers, n_asked);
  EXPECT_EQ(finite.signals, n_asked);
}

TEST(Versions, come_back_with_the_answers_signals_and_number_they_had) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto surrogate = taught(world, 20);
  surrogate.familiarise();
  surrogate.promote();
  const auto rows = toy_rows(100, 32);
  const auto answers = ask(surrogate, Weights::serving, rows);
  const auto before = hash(answers);
  EXPECT_GT(std::ranges::min(testing::column(answers, &Signals::distance)), 0.0) << "it knows what is familiar";

  // Twice as many rows, so that the scaling is fitted again, and hotter ones, so that it changes.
  auto more = toy_rows(8000 / world.size(), 33 + static_cast<std::uint64_t>(world.rank()));
  for (std::int64_t i = 0; i < more.in.size(); ++i) {
    more.in[i][0] += 300.0;
    testing::toy_solve(more.in[i], more.out[i]);
  }
  surrogate.remember(more.in.rows(), more.out.rows(), more.id, 1);
  surrogate.train(20);
  surrogate.familiarise();
  EXPECT_EQ(hash(ask(surrogate, Weights::serving, rows)), before) << "not asked to change yet";
  surrogate.promote();
  EXPECT_EQ(surrogate.version(), 1);
  EXPECT_NE(hash(ask(surrogate, Weights::serving, rows)), before);

  surrogate.roll_back();
  EXPECT_EQ(surrogate.version(), 0);
  EXPECT_EQ(hash(ask(surrogate, Weights::serving, rows)), before);
}

TEST(Versions, never_share_a_number) {
  Surrogate surrogate(toy_signature(), small, quick, {});
  surrogate.promote();
  surrogate.promote();
  EXPECT_EQ(surrogate.version(), 1);
  surrogate.roll_back();
  EXPECT_EQ(surrogate.version(), 0);
  surrogate.promote();
  EXPECT_EQ(surrogate.version(), 2);
  surrogate.roll_back();
  EXPECT_EQ(surrogate.version(), 0);
  surrogate.promote();
  surrogate.promote();
  EXPECT_EQ(surrogate.version(), 4);
}

TEST(Versions, are_kept_one_deep) {
  Surrogate surrogate(toy_signature(), small, quick, {});
  EXPECT_FALSE(surrogate.can_roll_back());
  surrogate.promote();
  EXPECT_FALSE(surrogate.can_roll_back()) << "nothing served before";
  surrogate.promote();
  surrogate.promote();
  EXPECT_TRUE(surrogate.can_roll_back());
  surrogate.roll_back();
  EXPECT_FALSE(surrogate.can_roll_back());
#ifndef NDEBUG
  EXPECT_THROW(surrogate.roll_back(), std::logic_error);
#endif
}

TEST(SpoiledSurrogate, says_nothing_finite) {
  auto surrogate = taught({}, 5);
  surrogate.familiarise();
  surrogate.promote();
  surrogate.spoil();
  for (const auto which : {Weights::serving, Weights::candidate}) {
    const auto finite = finite_rows(surrogate, which);
    EXPECT_EQ(finite.answers, 0);
    EXPECT_EQ(finite.signals, 0);
  }
}

TEST(SpoiledSurrogate, learns_again_from_the_beginning) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto surrogate = taught(world, 600);
  const double learned = median_error(surrogate, Weights::candidate);
  surrogate.take_snapshot();
  surrogate.spoil();
  const auto report = surrogate.train(600);
  EXPECT_FALSE(surrogate.has_snapshot()) << "what it promises, nobody could keep";
  EXPECT_EQ(report.redrawn, 1);
  EXPECT_EQ(report.updates, 1200);
  EXPECT_EQ(report.skipped, 0);
  // As well as the first time, which takes the rate of a beginner and an average without the past.
  EXPECT_LT(median_error(surrogate, Weights::candidate), 1.5 * learned);
  EXPECT_TRUE(same_on_all_ranks(world, hash(ask(surrogate, Weights::candidate, toy_rows(100, 34)))));
  EXPECT_EQ(surrogate.train(1).redrawn, 1) << "what is healthy is left alone";
}

TEST(SpoiledSurrogate, serves_again_after_rolling_back_or_promoting_what_has_learned) {
  auto surrogate = taught({}, 5);
  surrogate.promote();
  surrogate.promote();
  surrogate.spoil();
  surrogate.train(5);
  EXPECT_EQ(finite_rows(surrogate, Weights::serving).answers, 0) << "training changes only the candidate";
  surrogate.roll_back();
  EXPECT_EQ(finite_rows(surrogate, Weights::serving).answers, n_asked);
  surrogate.promote();
  EXPECT_EQ(finite_rows(surrogate, Weights::serving).answers, n_asked);
}

TEST(Surrogate, is_made_alike_on_ranks_that_have_parted) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto network = small;
  network.seed += static_cast<std::uint64_t>(world.rank());  // other weights to begin with
  Surrogate surrogate(toy_signature(), network, quick, world);
  const auto fingerprint = [&] { return static_cast<std::int64_t>(surrogate.fingerprint() >> 1); };
  EXPECT_EQ(same_on_all_ranks(world, fingerprint()), world.size() == 1);
  surrogate.make_candidate_alike();
  EXPECT_TRUE(same_on_all_ranks(world, fingerprint()));
}

TEST(Surrogate, restored_answers_and_learns_on_as_the_saved_one) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto before = taught(world, 130);  // the optimiser's bases have turned
  before.familiarise();
  before.promote();
  before.train(20);
  before.promote();
  auto after = taught(world, 5);  // all of which is to be overwritten
  auto archive = bimetal::testing::MemoryArchive::of(before);
  archive.give_to(after);
  const auto rows = toy_rows(300, 7);
  for (const auto which : {Weights::serving, Weights::candidate})
    EXPECT_EQ(hash(ask(after, which, rows)), hash(ask(before, which, rows)));
  EXPECT_EQ(after.version(), 1);
  before.train(37);
  after.train(37);
  EXPECT_EQ(hash(ask(after, Weights::candidate, rows)), hash(ask(before, Weights::candidate, rows)));
  EXPECT_EQ(after.samples_trained(), before.samples_trained());
  ASSERT_TRUE(after.can_roll_back());
  before.roll_back();
  after.roll_back();
  EXPECT_EQ(hash(ask(after, Weights::serving, rows)), hash(ask(before, Weights::serving, rows)));
  after.promote();
  EXPECT_EQ(after.version(), 2) << "numbers are not given twice";
}

}  // namespace
}  // namespace bimetal::surrogate
