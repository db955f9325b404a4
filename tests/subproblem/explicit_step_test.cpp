#include "subproblem/explicit_step.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace bimetal::subproblem {
namespace {

/// dy/dt = -rate y, of two quantities.
class Decay : public Ode {
 public:
  explicit Decay(double rate) : rate_(rate) {}
  std::size_t size() const noexcept override { return 2; }
  Evaluation rates(std::span<const double> y, std::span<double> f) noexcept override {
    for (std::size_t k = 0; k < 2; ++k) f[k] = -rate_ * y[k];
    smallest_ = std::min({smallest_, y[0], y[1]});
    return Evaluation::done;
  }
  Evaluation linearise(std::span<const double>, std::span<double>, std::span<double>) noexcept override {
    return Evaluation::done;
  }
  double smallest() const { return smallest_; }

 private:
  double rate_;
  double smallest_ = 1.0;
};

constexpr std::array<double, 2> y{1.0, 0.5}, scale{0.1, 0.1};

struct Taken {
  std::vector<double> out;
  ExplicitStepReport report;
};

Taken take(Decay& decay, double dt) {
  std::vector<double> k1(2), out(2);
  decay.rates(y, k1);
  ExplicitStep step(2);
  const auto report = step.take(decay, y, k1, dt, scale, out);
  return {out, report};
}

TEST(ExplicitStep, is_of_second_order_and_estimates_the_error_of_an_euler_step) {
  Decay decay(1.0);
  double before = 0.0;
  for (const double dt : {0.1, 0.05, 0.025}) {
    const auto [out, report] = take(decay, dt);
    const double error = std::abs(out[0] - std::exp(-dt));
    if (before > 0.0) {
      EXPECT_NEAR(std::log2(before / error), 3.0, 0.1) << "of one step";
    }
    before = error;
    EXPECT_NEAR(report.error, 0.5 * dt * dt / scale[0], 1e-12);
    EXPECT_GT(report.error * scale[0], error);
  }
}

TEST(ExplicitStep, never_evaluates_rates_below_zero) {
  Decay decay(1000.0);
  take(decay, 1.0);
  EXPECT_GE(decay.smallest(), 0.0);
}

TEST(ExplicitStep, says_how_much_faster_what_gains_most_gains_in_the_end) {
  Decay growth(-1.0);
  EXPECT_NEAR(take(growth, 0.3).report.speeding, 0.3, 1e-12);
}

}  // namespace
}  // namespace bimetal::subproblem
