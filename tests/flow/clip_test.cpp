#include "flow/clip.hpp"

#include <gtest/gtest.h>

#include <array>

namespace bimetal::flow {
namespace {

TEST(Clip, takes_what_it_adds_from_the_most_abundant_species) {
  std::array<double, 4> Y{-0.01, 0.3, 0.715, -0.005};
  EXPECT_DOUBLE_EQ(clip_negative(Y), 0.01);
  EXPECT_EQ(Y[0], 0.0);
  EXPECT_EQ(Y[1], 0.3);
  EXPECT_DOUBLE_EQ(Y[2], 0.7);
  EXPECT_EQ(Y[3], 0.0);
}

TEST(Clip, leaves_rows_without_negative_fractions_alone) {
  std::array<double, 3> Y{0.0, 0.4, 0.6};
  EXPECT_EQ(clip_negative(Y), 0.0);
  EXPECT_EQ(Y, (std::array<double, 3>{0.0, 0.4, 0.6}));
}

}  // namespace
}  // namespace bimetal::flow
