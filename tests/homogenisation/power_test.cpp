#include "homogenisation/power.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bimetal::homogenisation {
namespace {

TEST(Power, agrees_with_the_standard_library) {
  double worst_log = 0.0, worst_exp = 0.0, worst_power = 0.0;
  for (int i = 0; i < 20000; ++i) {
    const double t = std::pow(10.0, -12.0 + 0.002 * i), x = 1.0 + t, y = -30.0 + 0.005 * i;
    worst_log = std::max(worst_log, std::abs(vector_log(x) - std::log(x)) / std::max(std::log(x), 1.0));
    worst_exp = std::max(worst_exp, std::abs(vector_exp(y) / std::exp(y) - 1.0) / std::max(std::abs(y), 1.0));
    for (double s : {-0.35, 0.25, 1.0})
      worst_power = std::max(worst_power, std::abs(vector_power(x, s) / std::pow(x, s) - 1.0));
  }
  EXPECT_LT(worst_log, 1e-15);
  EXPECT_LT(worst_exp, 1e-15);
  EXPECT_LT(worst_power, 1e-13);
  EXPECT_EQ(vector_power(1.0, 0.7), 1.0);
}

}  // namespace
}  // namespace bimetal::homogenisation
