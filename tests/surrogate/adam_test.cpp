#include "surrogate/adam.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bimetal::surrogate {
namespace {

TEST(Adam, moves_every_weight_by_the_rate_at_first_whatever_the_size_of_its_gradient) {
  Adam adam(3);
  std::vector<float> weights{1.0F, 1.0F, 1.0F};
  const std::vector<float> gradient{100.0F, -1e-3F, 0.0F};
  adam.step(weights, gradient, 0.1);
  EXPECT_NEAR(weights[0], 0.9F, 1e-5F);
  EXPECT_NEAR(weights[1], 1.1F, 1e-5F);
  EXPECT_EQ(weights[2], 1.0F);
}

TEST(Adam, follows_the_published_recursion) {
  // Gradients 1 then 3: m = 0.1, 0.39; v = 0.001, 0.009999; bias-corrected by 1 - 0.9^2 and 1 - 0.999^2.
  Adam adam(1);
  std::vector<float> weight{0.0F};
  adam.step(weight, std::vector<float>{1.0F}, 0.1);
  adam.step(weight, std::vector<float>{3.0F}, 0.1);
  const double second = (0.39 / 0.19) / std::sqrt(0.009999 / 0.001999);
  EXPECT_NEAR(weight[0], -0.1 - 0.1 * second, 1e-6);
}

TEST(Adam, finds_the_bottom_of_a_badly_scaled_bowl) {
  Adam adam(2);
  std::vector<float> w{1.0F, -1.0F};
  for (int i = 0; i < 2000; ++i) {
    const std::vector<float> gradient{1e4F * (w[0] - 0.3F), 1e-2F * (w[1] - 0.7F)};
    adam.step(w, gradient, 0.01 * (1.0 - i / 2000.0));
  }
  EXPECT_NEAR(w[0], 0.3F, 1e-3F);
  EXPECT_NEAR(w[1], 0.7F, 1e-3F);
}

}  // namespace
}  // namespace bimetal::surrogate
