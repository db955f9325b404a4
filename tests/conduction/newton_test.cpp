#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <set>

#include "core/error.hpp"
#include "manufactured.hpp"

namespace bimetal::conduction {
namespace {

using bimetal::testing::Body;
using bimetal::testing::Manufactured;
using bimetal::testing::world;
constexpr auto periodic = Thermal::periodic, insulated = Thermal::insulated, fixed = Thermal::fixed;

/// What a run took, and how it ended.
struct Outcome {
  double evaluations = 0.0, linear = 0.0;  // per step
  int first = 0;                           // evaluations of the first step
  std::vector<double> field;
};

Outcome run(const Manufactured& exact, Tangents tangents, bool with_source, double dt, int n_steps) {
  auto options = exact.options();
  options.tangents = tangents;
  Body body(exact, 16, options, world(), with_source);
  Outcome outcome;
  for (int step = 0; step < n_steps; ++step) {
    const auto report = body.conduction.advance(dt, step);
    if (step == 0)
      outcome.first = report.evaluations;
    else
      outcome.evaluations += report.evaluations;
    outcome.linear += report.linear_iterations;
    if (tangents == Tangents::exact) {
      EXPECT_EQ(report.evaluations, report.newton_iterations + 1);
    }
  }
  outcome.evaluations /= n_steps - 1;
  outcome.linear /= n_steps;
  outcome.field = body.field();
  return outcome;
}

TEST(HeatConduction, FindsTheSameTemperaturesBySecantsAsByExactTangents) {
  for (const double p : {1.5, 2.0, 3.5})
    for (const double dt : {0.005, 0.02, 0.1}) {
      const Manufactured exact{{.d = 2, .p = p, .slope = 0.5}, {fixed, periodic}, 0.5};
      const auto newton = run(exact, Tangents::exact, true, dt, 20);
      for (const bool with_source : {true, false}) {
        const auto secant = run(exact, Tangents::secant, with_source, dt, 20);
        double difference = 0.0;
        for (std::size_t i = 0; i < newton.field.size(); ++i)
          difference = std::max(difference, std::abs(newton.field[i] - secant.field[i]));
        if (world().is_root())
          std::printf(
              "p %.1f dt %5.3f s: evaluations per step: exact %.2f (first %d), secant %.2f (first %d, begun by "
              "%s); KSP iterations %.1f, %.1f; difference %.1e K\n",
              p, dt, newton.evaluations, newton.first, secant.evaluations, secant.first,
              with_source ? "a source" : "an estimate", newton.linear, secant.linear, difference);
        EXPECT_LT(difference, 1e-3);
      }
    }
}

}  // namespace
}  // namespace bimetal::conduction
