#include "surrogate/correction.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <limits>

#include "../support/memory_archive.hpp"
#include "parallel/mpi.hpp"
#include "taught_surrogate.hpp"

namespace bimetal::surrogate {
namespace {

using testing::ask;
using testing::hash;
using testing::quantile;
using testing::same_on_all_ranks;
using testing::taught;
using testing::toy_rows;
using testing::Weights;

/// Rows whose every change is a tenth larger than the one that was learned; invariants hold as before.
testing::Rows livelier(std::int64_t n, std::uint64_t seed) {
  auto rows = toy_rows(n, seed);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < 6; ++k) rows.out[i][k] += 0.1 * (rows.out[i][k] - rows.in[i][k]);
  }
  return rows;
}

double median_error(Surrogate& surrogate, Weights which, const testing::Rows& rows) {
  return quantile(testing::errors_of(ask(surrogate, which, rows), rows), 0.5);
}

/// What the answers lack is a linear function of three features.
struct Linear {
  Linear(std::int64_t n, double slope) : features(torch::rand({n, 3})) {
    missing = torch::stack({slope * features.select(1, 0) - 1.0, features.select(1, 2) + 0.5}, 1);
  }
  double left(const Correction& correction) const {
    return (correction(features) - missing).abs().max().item<double>();
  }
  torch::Tensor features, missing;
};

void learn(Correction& correction, const Linear& rows) {
  correction.learn(rows.features, rows.missing, torch::ones(rows.features.size(0)), {});
}

TEST(Correction, finds_a_linear_function_of_the_features) {
  Correction correction;
  EXPECT_TRUE(correction.says_nothing());
  learn(correction, Linear(200, 2.0));
  EXPECT_TRUE(correction.says_nothing()) << "it has not shown that it is of use";
  learn(correction, Linear(200, 2.0));
  EXPECT_FALSE(correction.says_nothing());
  EXPECT_LT(Linear(200, 2.0).left(correction), 1e-3);
}

TEST(Correction, is_out_of_use_where_it_would_do_harm) {
  Correction correction;
  for (int step = 0; step < 10; ++step) {  // noise in fewer rows than it could fit
    const auto features = torch::rand({20, 40});
    correction.learn(features, torch::randn({20, 2}), torch::ones(20), {});
  }
  EXPECT_TRUE(correction.says_nothing());
}

TEST(Correction, forgets) {
  Correction correction;
  const Linear now(200, -1.0);
  for (int step = 0; step < 200; ++step) {
    learn(correction, Linear(200, step < 100 ? 2.0 : -1.0));
    if (step == 99) {
      EXPECT_GT(now.left(correction), 1.0);
    }
  }
  EXPECT_LT(now.left(correction), 0.1);
}

TEST(Correction, counts_rows_by_their_weight) {
  Correction correction;
  const Linear rows(200, 2.0);
  auto missing = rows.missing.clone();
  missing.narrow(0, 0, 20).add_(1000.0);
  auto weight = torch::ones(200);
  weight.narrow(0, 0, 20).fill_(1e-6);
  correction.learn(rows.features, missing, weight, {});
  EXPECT_LT(rows.left(correction), 1e-2);
}

TEST(Correction, is_not_broken_by_rows_that_are_not_finite) {
  Correction correction;
  const Linear rows(200, 2.0);
  learn(correction, rows);
  learn(correction, rows);
  const auto broken = torch::full_like(rows.features, std::numeric_limits<double>::quiet_NaN());
  correction.learn(broken, rows.missing, torch::ones(200), {});
  EXPECT_LT(rows.left(correction), 1e-3);
}

TEST(Correction, brings_the_answers_to_rows_that_have_changed_and_leaves_the_weights) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto surrogate = taught(world, 500);
  surrogate.promote();
  const auto model = surrogate.save(Weights::serving);
  const auto rows = livelier(1000, 31);
  const double before = median_error(surrogate, Weights::serving, rows);
  // The last rank has none.
  const bool has_rows = world.size() == 1 || world.rank() + 1 < world.size();
  auto seen = livelier(has_rows ? 2000 : 0, 200 + static_cast<std::uint64_t>(world.rank()));
  if (has_rows) seen.out[7][3] = std::numeric_limits<double>::quiet_NaN();  // physics failed there
  const auto half = seen.in.size() / 2;
  surrogate.correct(Weights::serving, seen.in.rows().first(half), seen.out.rows().first(half));
  surrogate.correct(Weights::serving, seen.in.rows().from(half), seen.out.rows().from(half));
  EXPECT_LT(median_error(surrogate, Weights::serving, rows), 0.4 * before);
  EXPECT_EQ(surrogate.save(Weights::serving), model);
  EXPECT_NEAR(median_error(surrogate, Weights::candidate, rows), before, 1e-12) << "another version's is its own";
  EXPECT_TRUE(same_on_all_ranks(world, hash(ask(surrogate, Weights::serving, rows))));
}

TEST(Correction, goes_with_its_version) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto surrogate = taught(world, 100);
  surrogate.promote();
  const auto rows = livelier(500, 32);
  const auto correct = [&](Weights which) {
    for (int twice = 0; twice < 2; ++twice) surrogate.correct(which, rows.in.rows(), rows.out.rows());
  };
  const auto answers = [&](Weights which) { return hash(ask(surrogate, which, rows)); };
  correct(Weights::serving);
  const auto first = answers(Weights::serving);
  surrogate.train(20);
  surrogate.take_snapshot();
  surrogate.train(20);
  correct(Weights::snapshot);
  const auto judged = answers(Weights::snapshot);
  surrogate.promote(Weights::snapshot);
  EXPECT_EQ(answers(Weights::serving), judged) << "what serves is what was judged";
  EXPECT_NE(judged, answers(Weights::candidate));
  surrogate.roll_back();
  EXPECT_EQ(answers(Weights::serving), first);

  auto restored = taught(world, 5);
  correct(Weights::serving);
  auto archive = bimetal::testing::MemoryArchive::of(surrogate);
  archive.give_to(restored);
  EXPECT_EQ(hash(ask(restored, Weights::serving, rows)), answers(Weights::serving));
  correct(Weights::serving);
  for (int twice = 0; twice < 2; ++twice) restored.correct(Weights::serving, rows.in.rows(), rows.out.rows());
  EXPECT_EQ(hash(ask(restored, Weights::serving, rows)), answers(Weights::serving));
}

}  // namespace
}  // namespace bimetal::surrogate
