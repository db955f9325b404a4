#include "grid/partition.hpp"

#include <gtest/gtest.h>

namespace bimetal::grid {
namespace {

TEST(Partition, leaves_the_smallest_surface_between_ranks) {
  EXPECT_EQ(partition({64, 64, 1}, 2, 4, 2), (Partition{2, 2, 1}));
  EXPECT_EQ(partition({64, 64, 1}, 2, 2, 2), (Partition{1, 2, 1}));
  EXPECT_EQ(partition({400, 20, 1}, 2, 4, 2), (Partition{4, 1, 1}));
  EXPECT_EQ(partition({32, 32, 32}, 3, 8, 2), (Partition{2, 2, 2}));
}

TEST(Partition, gives_every_rank_the_minimal_width) {
  EXPECT_EQ(partition({5, 4, 1}, 2, 4, 2), (Partition{2, 2, 1}));
  EXPECT_EQ(partition({3, 8, 1}, 2, 4, 2), (Partition{1, 4, 1}));
  EXPECT_EQ(partition({7, 1, 1}, 1, 4, 2), std::nullopt);
  EXPECT_EQ(partition({3, 3, 1}, 2, 2, 2), std::nullopt);
}

TEST(Partition, knows_the_most_ranks_it_can_serve) {
  EXPECT_EQ(max_ranks({7, 1, 1}, 1, 2), 3);
  EXPECT_EQ(max_ranks({7, 4, 5}, 3, 2), 12);
}

}  // namespace
}  // namespace bimetal::grid
