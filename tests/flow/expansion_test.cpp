#include "flow/expansion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <vector>

#include "core/random.hpp"
#include "fields.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::observed_order;
using bimetal::testing::world;

/// A demand [1/s] with its integral over time: a wave on a slope.
struct Demand {
  double amplitude, frequency, phase, slope;

  double rate(double t) const { return 0.3 + slope * t + amplitude * std::sin(frequency * t + phase); }
  double integral(double from, double to) const {
    const auto primitive = [this](double t) {
      return 0.3 * t + 0.5 * slope * t * t - amplitude / frequency * std::cos(frequency * t + phase);
    };
    return primitive(to) - primitive(from);
  }
};

/// The length of the step that begins at time t [s]; `dt` is how fine the steps are.
using Steps = std::function<double(double t, double dt)>;

/// A cell that lacks `lack`: transport adds what diffusion demands and takes what the divergence and a rising
/// pressure deliver, half a step at a time, and chemistry adds its part in between.
struct Cell {
  Demand diffusion{1.0, 3.0, 0.4, 0.0}, chemistry{1.0, 2.0, 1.9, 0.0};
  Expansion expansion{1};
  double time = 0.0, lack = 0.0, compression = 0.0;

  double error() const {
    return expansion.divergence()[0] + compression - diffusion.rate(time) - chemistry.rate(time);
  }
  void transport(double dt) {
    lack += diffusion.integral(time, time + dt) - dt * (expansion.divergence()[0] + compression);
    time += dt;
  }
  /// growth: of the pressure [1/s].
  void step(double dt, double growth = 0.0) {
    constexpr double share = 0.7;
    const double start = time;
    transport(0.5 * dt);
    const double before = lack;
    lack += chemistry.integral(start, start + dt);
    expansion.measure(std::span(&before, 1), std::span(&lack, 1), dt);
    expansion.compress(growth, std::span(&share, 1));
    compression = growth * share;
    transport(0.5 * dt);
  }
  void rehearse(double dt) {
    for (int times = 0; times < 2; ++times) {
      for (int n = 0; n < 3; ++n) step(dt);
      expansion.rewind();
      time = lack = 0.0;
    }
  }
};

/// The largest over all steps; of the divergence without the first few, which work off that a lack of 0 at the start
/// is not quite the lack of second order that goes with the demands.
struct Errors {
  double divergence = 0.0, lack = 0.0;
};

Errors march(const Steps& length, double dt, double growth = 0.0) {
  Cell cell;
  cell.rehearse(length(0.0, dt));
  Errors errors;
  while (cell.time < 4.0) {
    if (cell.time > 0.5) errors.divergence = std::max(errors.divergence, std::abs(cell.error()));
    cell.step(length(cell.time, dt), growth * std::cos(cell.time));
    errors.lack = std::max(errors.lack, std::abs(cell.lack));
  }
  return errors;
}

double equal(double, double dt) { return dt; }
double swelling(double t, double dt) { return dt * (1.0 + 0.5 * std::sin(2.0 * t)); }

/// As a run does that does not know its steps in advance: each a fifth longer than the one before, up to dt.
Steps starting_small() {
  return [last = 0.0](double t, double dt) mutable { return last = t == 0.0 ? 0.1 * dt : std::min(1.2 * last, dt); };
}

TEST(Expansion, finds_the_divergence_with_second_order_and_leaves_a_lack_of_second_order) {
  struct Row {
    const char* name;
    Steps length;
    double growth;
  };
  const std::vector<Row> table{{"equal", equal, 0.0},
                               {"equal, compressed", equal, 2.0},
                               {"swelling", swelling, 0.0},
                               {"starting small", starting_small(), 0.0}};
  if (world().is_root())
    std::printf("%-18s %9s %16s %6s %11s %6s\n", "steps", "dt", "divergence error", "order", "lack", "order");
  for (const auto& row : table) {
    Errors before{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    for (const double dt : {0.04, 0.02, 0.01, 0.005}) {
      const Errors errors = march(row.length, dt, row.growth);
      const double order = observed_order(before.divergence, errors.divergence);
      const double lack_order = observed_order(before.lack, errors.lack);
      if (world().is_root())
        std::printf("%-18s %9.3g %16.3e %6.2f %11.3e %6.2f\n", row.name, dt, errors.divergence, order, errors.lack,
                    lack_order);
      EXPECT_GT(order, 1.9) << row.name;
      EXPECT_GT(lack_order, 1.9) << row.name;
      before = errors;
    }
  }
}

TEST(Expansion, random_steps_leave_a_lack_of_second_order_that_does_not_grow) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto random = [seed, n = std::uint64_t{0}](double, double dt) mutable {
      return dt * (0.5 + core::random_uniform(seed, core::Purpose::initial, n++, 0));
    };
    const double coarse = march(random, 0.04).lack, fine = march(random, 0.005).lack;
    EXPECT_LT(fine, coarse / 30.0);
    EXPECT_LT(coarse, 20.0 * 0.04 * 0.04);
  }
}

TEST(Expansion, rehearses_to_know_its_start_to_second_order) {
  const auto error_at_start = [](double dt) {
    Cell cell;
    cell.rehearse(dt);
    return std::abs(cell.error());
  };
  EXPECT_GT(observed_order(error_at_start(0.02), error_at_start(0.01)), 1.9);
  Cell unprepared;
  EXPECT_EQ(unprepared.expansion.divergence()[0], 0.0);
}

TEST(Expansion, follows_demands_that_change_linearly_but_for_half_of_what_is_left_of_the_start) {
  constexpr double dt = 0.01;
  for (const auto& [slope_d, slope_c] : {std::pair{0.7, 0.0}, {0.0, -0.4}, {0.5, 0.3}}) {
    Cell cell{{0.0, 1.0, 0.0, slope_d}, {0.0, 1.0, 0.0, slope_c}};
    cell.rehearse(dt);
    EXPECT_NEAR(cell.error(), 0.0, 1e-12);
    // Between steps linear demands go with this lack, not with the one of 0 at the start.
    const double lack = -dt * dt * (0.25 * slope_c + 0.125 * slope_d);
    for (int n = 1; n <= 50; ++n) {
      cell.step(dt);
      EXPECT_NEAR(cell.error(), std::pow(1.0 - Expansion::feedback, n - 1) * Expansion::feedback * -lack / dt, 1e-12)
          << n;
    }
    EXPECT_NEAR(cell.lack, lack, 1e-14);
  }
}

TEST(Expansion, works_off_a_lack_step_by_step) {
  Cell cell;
  cell.rehearse(0.001);
  cell.lack = 0.01;
  for (int n = 0; n < 4; ++n) cell.step(0.001);  // the extrapolations see the jump
  for (int n = 0; n < 8; ++n) {
    const double before = std::abs(cell.lack);
    cell.step(0.001);
    EXPECT_LT(std::abs(cell.lack), before);
  }
  EXPECT_LT(std::abs(cell.lack), 1e-4);
}

TEST(Expansion, treats_every_cell_for_itself) {
  constexpr double dt = 0.1;
  Expansion both(2), first(1), second(1);
  for (int step = 0; step < 3; ++step) {
    const std::vector<double> before{-0.01, 0.02 * step}, after{0.03, 0.05 + step}, share{0.3, 0.6};
    both.measure(before, after, dt);
    first.measure(std::span(before).first(1), std::span(after).first(1), dt);
    second.measure(std::span(before).last(1), std::span(after).last(1), dt);
    both.compress(2.0, share);
    first.compress(2.0, std::span(share).first(1));
    second.compress(2.0, std::span(share).last(1));
    EXPECT_EQ(both.divergence()[0], first.divergence()[0]);
    EXPECT_EQ(both.divergence()[1], second.divergence()[0]);
    EXPECT_NE(both.divergence()[0], both.divergence()[1]);
  }
}

}  // namespace
}  // namespace bimetal::flow
