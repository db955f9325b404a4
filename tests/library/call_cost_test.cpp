#include "library/call_cost.hpp"

#include <gtest/gtest.h>

namespace bimetal::library {
namespace {

TEST(CallCost, tells_the_cost_of_a_call_from_that_of_its_rows) {
  CallCost cost;
  for (int i = 0; i < 20; ++i) {
    for (const std::int64_t n : {1000, 100, 10}) cost.note(n, 0.02 + 1e-5 * static_cast<double>(n));
  }
  EXPECT_NEAR(cost.per_row(), 1e-5, 1e-9);
}

TEST(CallCost, is_the_mean_where_all_calls_are_alike) {
  CallCost cost;
  for (int i = 0; i < 20; ++i) cost.note(1000, 0.03);
  EXPECT_NEAR(cost.per_row(), 3e-5, 1e-12);
}

TEST(CallCost, is_never_negative_nor_more_than_the_mean) {
  CallCost falling;  // more rows for less, as where a processor was busy
  falling.note(10, 1.0);
  falling.note(1000, 0.1);
  EXPECT_EQ(falling.per_row(), 0.0);
  CallCost rising;
  rising.note(10, 1e-9);
  rising.note(1000, 1.0);
  EXPECT_LE(rising.per_row(), 1.0 / 1000.0);
}

TEST(CallCost, forgets) {
  CallCost cost;
  for (int i = 0; i < 500; ++i) {
    cost.note(10, i < 100 ? 1e-3 : 1e-4);
    cost.note(20, i < 100 ? 2e-3 : 2e-4);
  }
  EXPECT_NEAR(cost.per_row(), 1e-5, 1e-7);
}

}  // namespace
}  // namespace bimetal::library
