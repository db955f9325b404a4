#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "manufactured.hpp"

namespace bimetal::conduction {
namespace {

using bimetal::testing::Body;
using bimetal::testing::Manufactured;
using bimetal::testing::world;
constexpr auto periodic = Thermal::periodic, fixed = Thermal::fixed;

/// What a run took, and how it ended.
struct Outcome {
  double evaluations = 0.0, linear = 0.0;  // per step
  int first = 0;                           // evaluations of the first step
  int backtracks = 0;                      // evaluations beyond one an iteration
  std::int64_t n_tangents = 0;             // that the source was asked for
  std::vector<double> field;
};

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

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
    outcome.backtracks += report.evaluations - report.newton_iterations - 1;
  }
  outcome.evaluations /= n_steps - 1;
  outcome.linear /= n_steps;
  outcome.n_tangents = world().sum(body.solver.n_tangents);
  outcome.field = body.field();
  return outcome;
}

TEST(HeatConduction, finds_the_same_temperatures_by_secants_as_by_exact_tangents) {
  for (const double p : {1.5, 3.5})
    for (const double dt : {0.02, 0.1}) {
      const Manufactured exact{{.d = 2, .p = p, .slope = 0.5}, {fixed, periodic}, 0.5};
      const auto newton = run(exact, Tangents::exact, true, dt, 8);
      for (const bool with_source : {true, false}) {
        const auto secant = run(exact, Tangents::secant, with_source, dt, 8);
        const double difference = largest_difference(newton.field, secant.field);
        if (world().is_root())
          std::printf(
              "p %.1f dt %5.3f s: evaluations per step: exact %.2f (first %d), secant %.2f (first %d, begun by "
              "%s); KSP iterations %.1f, %.1f; difference %.1e K\n",
              p, dt, newton.evaluations, newton.first, secant.evaluations, secant.first,
              with_source ? "a source" : "an estimate", newton.linear, secant.linear, difference);
        EXPECT_EQ(newton.backtracks, 0);
        EXPECT_LT(difference, 1e-3);
        EXPECT_LT(secant.evaluations, 1.0 + 2.0 * newton.evaluations);
        EXPECT_EQ(secant.n_tangents > 0, with_source);
        EXPECT_LT(secant.n_tangents, 3 * 16 * 16);  // one a face, in the first step
      }
    }
}

TEST(HeatConduction, copes_with_laws_that_are_far_from_linear) {
  for (const auto& [p, g0] : {std::pair(1.2, 2.0), std::pair(3.5, 10.0), std::pair(5.0, 30.0)})
    for (const Tangents tangents : {Tangents::exact, Tangents::secant}) {
      const Manufactured exact{{.d = 2, .p = p, .slope = 0.5, .g0 = g0}, {fixed, periodic}, 0.5};
      const auto outcome = run(exact, tangents, true, 0.02, 6);
      if (world().is_root())
        std::printf("p %.1f g0 %4.1f K/m, %s: %.2f evaluations per step (first %d), %d by going back\n", p, g0,
                    tangents_names[static_cast<std::size_t>(tangents)].first, outcome.evaluations, outcome.first,
                    outcome.backtracks);
      EXPECT_LT(outcome.evaluations, tangents == Tangents::exact ? 5.0 : 9.0);
    }
}

TEST(HeatConduction, takes_new_tangents_where_the_old_ones_lead_nowhere) {
  const Manufactured exact{{.d = 2, .p = 1.5, .slope = 0.5}, {fixed, periodic}, 0.5};
  auto options = exact.options();
  options.max_iterations = 7;
  Body body(exact, 16, options);
  const auto n_faces = std::ssize(body.conduction.faces());
  body.conduction.advance(0.02, 0);
  EXPECT_EQ(body.solver.n_tangents, n_faces);
  body.solver.factor = 100.0;  // of another body, all at once
  const auto report = body.conduction.advance(0.02, 1);
  EXPECT_GT(body.solver.n_tangents, n_faces);  // asked again
  EXPECT_LE(report.residual, options.newton_tolerance * options.temperature_range);
}

TEST(HeatConduction, goes_back_where_a_full_step_makes_it_worse) {
  const Manufactured exact{{.d = 2, .p = 3.5, .slope = 0.5}, {fixed, periodic}, 0.5};
  Body body(exact, 16, exact.options());
  body.conduction.advance(0.02, 0);
  body.solver.factor = 100.0;
  const auto report = body.conduction.advance(0.02, 1);
  EXPECT_GT(report.evaluations, report.newton_iterations + 1);
  EXPECT_LE(report.residual, 1e-6 * 60.0);
}

}  // namespace
}  // namespace bimetal::conduction
