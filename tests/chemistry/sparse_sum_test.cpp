#include "chemistry/sparse_sum.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bimetal::chemistry {
namespace {

TEST(SparseSum, adds_what_a_matrix_product_would) {
  // [1 -1 0; 0 2.5 1; -1 1 0] and an entry that is none.
  SparseSum sum;
  sum.add(0, 0, 1.0);
  sum.add(0, 1, -1.0);
  sum.add(1, 1, 2.5);
  sum.add(1, 2, 1.0);
  sum.add(2, 0, -1.0);
  sum.add(2, 1, 1.0);
  sum.add(2, 2, 0.0);
  sum.finish();
  const std::vector<double> sources{1.0, 10.0, 100.0};
  std::vector<double> targets{0.5, 0.0, 0.0};
  sum.accumulate(sources.data(), targets.data());
  EXPECT_EQ(targets, (std::vector<double>{-8.5, 125.0, 9.0}));
  EXPECT_EQ(sum.entries().size(), 6u);
}

TEST(SparseSum, keeps_entries_of_one_target_apart) {
  SparseSum sum;
  for (SparseSum::Index source = 0; source < 3; ++source)
    for (SparseSum::Index target : {0u, 1u}) sum.add(target, source, 1.0);
  sum.add(0, 3, 1.0);
  sum.finish();
  const auto entries = sum.entries();
  for (std::size_t i = 1; i < entries.size(); ++i) EXPECT_NE(entries[i].target, entries[i - 1].target) << i;
}

}  // namespace
}  // namespace bimetal::chemistry
