#include "surrogate/familiarity.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "parallel/mpi.hpp"
#include "toy_chemistry.hpp"

namespace bimetal::surrogate {
namespace {

using testing::toy_rows;
using testing::toy_signature;

Scaling fitted(const testing::Rows& rows) {
  Scaling scaling(toy_signature(), NullSpace(toy_signature()), 0.1, 1e-3);
  scaling.fit(rows.in.rows(), rows.out.rows(), {});
  return scaling;
}

/// A buffer with the rows whose number leaves `part` when divided by n_parts.
ReplayBuffer buffer(const testing::Rows& rows, std::int64_t part = 0, std::int64_t n_parts = 1) {
  ReplayBuffer replay(toy_signature(), std::max<std::int64_t>(rows.in.size(), 1), 1);
  for (std::int64_t i = part; i < rows.in.size(); i += n_parts)
    replay.add({rows.in[i].data(), 1, 6}, {rows.out[i].data(), 1, 6}, {&i, 1}, 0);
  return replay;
}

std::vector<float> distances(const Familiarity& familiarity, const Scaling& scaling, const testing::Rows& rows) {
  const auto x = torch::empty({rows.in.size(), scaling.n_features()}, torch::kFloat32);
  scaling.features(rows.in.rows(), 0, rows.in.size(), x.data_ptr<float>());
  const auto distance = familiarity.distance(x);
  return {distance.data_ptr<float>(), distance.data_ptr<float>() + rows.in.size()};
}

double share_beyond_1(const std::vector<float>& distances) {
  const auto n = std::ranges::count_if(distances, [](float distance) { return distance > 1.0F; });
  return static_cast<double>(n) / static_cast<double>(distances.size());
}

TEST(Familiarity, leaves_one_row_in_two_hundred_beyond_1_even_if_it_saw_only_part_of_them) {
  for (const std::int64_t n : {4000, 50000}) {
    const auto rows = toy_rows(n, 1);
    const auto scaling = fitted(rows);
    EXPECT_NEAR(share_beyond_1(distances({buffer(rows), scaling, {}}, scaling, rows)), 0.005,
                n < 20000 ? 5e-4 : 1e-3)
        << n << " rows";
  }
}

TEST(Familiarity, is_the_same_however_the_rows_are_spread_over_ranks) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const auto rows = toy_rows(3001, 2), others = toy_rows(200, 3);
  const auto scaling = fitted(rows);
  const auto alone = distances({buffer(rows), scaling, {}}, scaling, others);
  const auto spread = distances({buffer(rows, world.rank(), world.size()), scaling, world}, scaling, others);
  // And if the last rank has them all.
  const auto none = buffer(toy_rows(0, 2));
  const bool last = world.rank() == world.size() - 1;
  const auto uneven = distances({last ? buffer(rows) : none, scaling, world}, scaling, others);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_NEAR(spread[i], alone[i], 1e-5F * alone[i]);
    EXPECT_NEAR(uneven[i], alone[i], 1e-5F * alone[i]);
  }
}

TEST(Familiarity, weighs_rows_alike_on_ranks_that_hold_more_than_it_looks_at_and_on_others) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const auto rows = toy_rows(60000, 11), others = toy_rows(200, 12);
  const auto scaling = fitted(rows);
  // The first rank holds the hotter rows, the last one the rest; and all of them on every rank, to compare.
  testing::Rows own;
  for (std::int64_t i = 0; i < rows.in.size(); ++i) {
    const bool hot = rows.in[i][0] > 1000.0;
    if ((hot && !world.is_root()) || (!hot && world.rank() != world.size() - 1)) continue;
    own.in.append(rows.in[i]);
    own.out.append(rows.out[i]);
  }
  const auto spread = distances({buffer(own), scaling, world}, scaling, others);
  const auto alone = distances({buffer(rows), scaling, {}}, scaling, others);
  for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(spread[i], alone[i], 0.05F * alone[i]);
}

TEST(Familiarity, knows_which_quantities_go_together) {
  const auto rows = toy_rows(4000, 4);
  const auto scaling = fitted(rows);
  const Familiarity familiarity(buffer(rows), scaling, {});
  // Cold mixtures at the temperature of burnt gas: every number occurs among the rows, but not both together.
  testing::Rows odd;
  for (std::int64_t i = 0; i < rows.in.size(); ++i)
    if (rows.in[i][0] < 800.0) {
      odd.in.append(rows.in[i]);
      odd.in[odd.in.size() - 1][0] = 2000.0;
    }
  ASSERT_GT(odd.in.size(), 100);
  EXPECT_GT(share_beyond_1(distances(familiarity, scaling, odd)), 0.99);
}

TEST(Familiarity, grows_in_proportion_to_the_distance_from_the_mean) {
  const auto rows = toy_rows(4000, 5);
  const auto scaling = fitted(rows);
  const Familiarity familiarity(buffer(rows), scaling, {});
  // The scaling was fitted to the same rows, so their mean is zero.
  const auto x = torch::eye(scaling.n_features());
  const auto once = familiarity.distance(x), tenfold = familiarity.distance(10.0 * x);
  EXPECT_TRUE(torch::allclose(tenfold, 10.0 * once, 1e-4));
  EXPECT_LT(familiarity.distance(torch::zeros_like(x)).max().item<float>(), 1e-4F);
}

TEST(Familiarity, finds_rows_that_are_all_alike_familiar_and_others_not) {
  auto rows = toy_rows(500, 6);
  for (std::int64_t i = 1; i < 500; ++i) std::ranges::copy(rows.in[0], rows.in[i].begin());
  const auto scaling = fitted(rows);
  const Familiarity familiarity(buffer(rows), scaling, {});
  EXPECT_EQ(share_beyond_1(distances(familiarity, scaling, rows)), 0.0);
  EXPECT_GT(share_beyond_1(distances(familiarity, scaling, toy_rows(500, 7))), 0.99);
}

TEST(Familiarity, says_nothing_without_rows) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const auto rows = toy_rows(10, 8);
  const auto scaling = fitted(rows);
  const Familiarity familiarity(buffer(toy_rows(0, 8)), scaling, world);
  EXPECT_TRUE(familiarity.says_nothing());
  EXPECT_EQ(distances(familiarity, scaling, rows), std::vector<float>(10, 0.0F));
}

TEST(Familiarity, finds_nothing_familiar_after_rows_beyond_single_precision) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto rows = toy_rows(100, 9);
  const auto scaling = fitted(rows);
  if (world.rank() == world.size() - 1) rows.in[50][0] = 1e300;
  const Familiarity familiarity(buffer(rows), scaling, world);
  for (const float distance : distances(familiarity, scaling, toy_rows(10, 10)))
    EXPECT_FALSE(std::isfinite(distance));
}

}  // namespace
}  // namespace bimetal::surrogate
