#include "chemistry/quartics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace bimetal::chemistry {
namespace {

std::vector<double> points() {
  std::vector<double> x;
  for (int i = 0; i <= 40; ++i) x.push_back(-1.0 + 0.05 * i);
  return x;
}

TEST(Quartics, fit_recovers_a_quartic) {
  const Quartic truth{3.0, -1.0, 0.5, 0.25, -0.125};
  std::vector<double> f;
  for (double x : points()) f.push_back(truth[0] + x * (truth[1] + x * (truth[2] + x * (truth[3] + x * truth[4]))));
  const QuarticFit fit = fit_quartic(points(), f);
  for (std::size_t i = 0; i < truth.size(); ++i) EXPECT_NEAR(fit.quartic[i], truth[i], 1e-12);
  EXPECT_LT(fit.error, 1e-13);
}

// The best quartic for exp(x) on [-1, 1] is off by 5.5e-4 (its Chebyshev coefficient of order 5).
TEST(Quartics, fit_comes_close_to_the_best_one_and_tells_its_error) {
  std::vector<double> f;
  for (double x : points()) f.push_back(1e6 * std::exp(x));
  const QuarticFit fit = fit_quartic(points(), f);
  EXPECT_GT(fit.error, 3e-4);
  EXPECT_LT(fit.error, 3e-3);
  double worst = 0.0;
  Quartics one(1);
  one.set(0, fit.quartic);
  for (std::size_t i = 0; i < f.size(); ++i) {
    std::vector<double> value(1);
    one.evaluate(points()[i], value);
    worst = std::max(worst, std::abs(value[0] / f[i] - 1.0));
  }
  EXPECT_NEAR(fit.error, worst, 1e-12);
}

TEST(Quartics, are_evaluated_side_by_side) {
  Quartics three(3);
  three.set(0, {1.0, 0.0, 0.0, 0.0, 0.0});
  three.set(2, {5.0, 4.0, 3.0, 2.0, 1.0});
  std::vector<double> values(3, -1.0);
  three.evaluate(2.0, values);
  EXPECT_EQ(values, (std::vector<double>{1.0, 0.0, 5.0 + 8.0 + 12.0 + 16.0 + 16.0}));
}

}  // namespace
}  // namespace bimetal::chemistry
