#include "subproblem/rosenbrock.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace bimetal::subproblem {
namespace {

/// Kaps' problem, y1' = -(1/eps + 2) y1 + y2^2/eps, y2' = y1 - y2 - y2^2, as stiff as eps is small, with the solution
/// y2 = exp(-t), y1 = y2^2 for any eps. Hairer & Wanner (1996), section VI.2.
class Kaps : public Ode {
 public:
  explicit Kaps(double stiffness, double largest = std::numeric_limits<double>::infinity())
      : stiffness_(stiffness), largest_(largest) {}

  std::size_t size() const noexcept override { return 2; }
  Evaluation rates(std::span<const double> y, std::span<double> f) noexcept override {
    if (!(std::abs(y[0]) <= largest_)) return Evaluation::out_of_range;
    f[0] = -(stiffness_ + 2.0) * y[0] + stiffness_ * y[1] * y[1];
    f[1] = y[0] - y[1] - y[1] * y[1];
    return Evaluation::done;
  }
  Evaluation linearise(std::span<const double> y, std::span<double> f, std::span<double> J) noexcept override {
    J[0] = -(stiffness_ + 2.0);
    J[1] = 1.0;
    J[2] = 2.0 * stiffness_ * y[1];
    J[3] = -1.0 - 2.0 * y[1];
    return rates(y, f);
  }

 private:
  double stiffness_;
  double largest_;
};

double error_at(std::span<const double> y, double t) {
  return std::max(std::abs(y[0] - std::exp(-2.0 * t)), std::abs(y[1] - std::exp(-t)));
}

/// Error of n equal steps over [0, 0.5]: tolerances that accept anything make each integration one step.
double error_of_steps(const RosenbrockMethod& method, double stiffness, int n) {
  Rosenbrock integrator(std::make_unique<Kaps>(stiffness), method);
  std::vector<double> y{1.0, 1.0};
  for (int i = 0; i < n; ++i) {
    EXPECT_FALSE(integrator.integrate(y, 0.5 / n, {.rtol = 1e6}));
    EXPECT_EQ(integrator.counts().steps, 1);
  }
  return error_at(y, 0.5);
}

TEST(Rosenbrock, converges_with_the_order_of_its_method) {
  for (const auto& method : {rodas3, rodas4}) {
    const double order = std::log2(error_of_steps(method, 1.0, 8) / error_of_steps(method, 1.0, 16));
    EXPECT_NEAR(order, method.order, 0.15) << method.name;
  }
}

TEST(Rosenbrock, loses_no_order_however_stiff_the_system) {
  for (const auto& method : {rodas3, rodas4}) {
    const double order = std::log2(error_of_steps(method, 1e10, 8) / error_of_steps(method, 1e10, 16));
    EXPECT_GT(order, method.order - 0.25) << method.name;
  }
}

TEST(Rosenbrock, keeps_to_its_tolerance_and_takes_few_steps_for_it) {
  for (const auto& method : {rodas3, rodas4})
    for (double stiffness : {1.0, 1e4, 1e10})
      for (double rtol : {1e-3, 1e-5, 1e-7}) {
        Rosenbrock integrator(std::make_unique<Kaps>(stiffness), method);
        std::vector<double> y{1.0, 1.0};
        ASSERT_FALSE(integrator.integrate(y, 2.0, {.rtol = rtol, .atol = 1e-12, .max_steps = 10000}));
        EXPECT_LT(error_at(y, 2.0), 10.0 * rtol) << method.name << ' ' << stiffness;
        EXPECT_LT(integrator.counts().steps, 10.0 * std::pow(rtol, -1.0 / method.order))
            << method.name << ' ' << rtol;
      }
}

TEST(Rosenbrock, reaches_the_end_from_beside_the_slow_manifold) {
  Rosenbrock integrator(std::make_unique<Kaps>(1e8), rodas3);
  std::vector<double> y{0.2, 1.0};  // y1 ought to be 1 and gets there within 1e-8
  ASSERT_FALSE(integrator.integrate(y, 1.0, {.rtol = 1e-4, .atol = 1e-8}));
  EXPECT_NEAR(y[0], y[1] * y[1], 1e-4);
  EXPECT_NEAR(y[1], std::exp(-1.0), 1e-3);
  EXPECT_GT(integrator.counts().refused, 0);
}

TEST(Rosenbrock, takes_smaller_steps_where_a_stage_leaves_the_range) {
  Rosenbrock free(std::make_unique<Kaps>(1.0), rodas4);
  Rosenbrock bounded(std::make_unique<Kaps>(1.0, 1.0), rodas4);  // the solution stays in, a long step's stages do not
  for (auto* integrator : {&free, &bounded}) {
    std::vector<double> y{1.0, 1.0};
    ASSERT_FALSE(integrator->integrate(y, 30.0, {.rtol = 1e-2, .atol = 1e-6}));
    EXPECT_LT(error_at(y, 30.0), 1e-2);
  }
  EXPECT_GT(bounded.counts().refused, 0);
}

TEST(Rosenbrock, says_why_it_cannot_go_on) {
  Rosenbrock integrator(std::make_unique<Kaps>(1.0), rodas3);
  std::vector<double> y{1.0, 1.0};
  EXPECT_TRUE(integrator.integrate(y, 10.0, {.rtol = 1e-10, .max_steps = 5}));
  y = {1.0, std::nan("")};
  EXPECT_TRUE(integrator.integrate(y, 1.0, {}));
  Rosenbrock outside(std::make_unique<Kaps>(1.0, 0.5), rodas3);
  y = {1.0, 1.0};
  EXPECT_TRUE(outside.integrate(y, 1.0, {}));
}

}  // namespace
}  // namespace bimetal::subproblem
