#include "chemistry/exponentials.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace bimetal::chemistry {
namespace {

TEST(Exponentials, agree_with_the_standard_library_to_two_units_in_the_last_place) {
  std::mt19937_64 engine(3);
  std::uniform_real_distribution<double> wide(-690.0, 690.0), narrow(-1.0, 1.0);
  std::vector<double> x{0.0, -0.0, 1.0, -1.0, 690.0, -690.0};
  for (int i = 0; i < 20000; ++i) x.push_back(i % 2 ? wide(engine) : narrow(engine));
  auto results = x;
  exponentials(results);
  for (std::size_t i = 0; i < x.size(); ++i)
    ASSERT_NEAR(results[i] / std::exp(x[i]), 1.0, 2.0 * std::numeric_limits<double>::epsilon()) << x[i];
}

TEST(Logarithms, agree_with_the_standard_library) {
  std::mt19937_64 engine(4);
  std::uniform_real_distribution<double> wide(-690.0, 690.0), narrow(-1e-3, 1e-3);
  std::vector<double> x{1.0, 2.0, 0.5, std::sqrt(0.5), std::sqrt(2.0), 1e-300, 1e300};
  for (int i = 0; i < 20000; ++i) x.push_back(std::exp(i % 2 ? wide(engine) : narrow(engine)));
  auto results = x;
  logarithms(results);
  for (std::size_t i = 0; i < x.size(); ++i)
    ASSERT_NEAR(results[i], std::log(x[i]),
                2.0 * std::numeric_limits<double>::epsilon() * std::abs(std::log(x[i])) + 1e-16)
        << x[i];
}

TEST(Exponentials, neither_overflow_nor_vanish) {
  std::vector<double> x{1e5, -1e5, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  exponentials(x);
  for (double value : x) {
    EXPECT_TRUE(std::isnormal(value));
    EXPECT_GT(value, 0.0);
  }
}

}  // namespace
}  // namespace bimetal::chemistry
