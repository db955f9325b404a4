#include "app/clock.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace bimetal::app {
namespace {

constexpr double at_rest = 0.0, no_expansion = 0.0;

std::int64_t count(const Clock& clock, StepLimit limit) { return clock.counts()[static_cast<std::size_t>(limit)]; }

/// Goes on to the end at constant rates; returns the steps.
std::vector<double> march(Clock& clock, double courant_rate = at_rest, double expansion_rate = no_expansion) {
  std::vector<double> steps;
  while (!clock.done() && steps.size() < 100000) {
    steps.push_back(clock.choose(courant_rate, expansion_rate));
    clock.advance();
  }
  return steps;
}

/// By limits alone; the first step is a tenth of the largest.
TimeConfig free_running(double end = 1.0) {
  return {.end = end, .step = {}, .largest_step = 1e-2, .courant = 0.3, .expansion = 0.1};
}

TEST(Clock, given_steps_reach_the_end_without_drift) {
  // A step that has no exact binary form, 30000 times over: a sum would be off by more than its last digits.
  constexpr std::int64_t n_steps = 30000;
  const double step = 1e-7, end = static_cast<double>(n_steps) * step;
  Clock clock({.end = end, .step = step});
  for (std::int64_t n = 0; n < n_steps; ++n) {
    ASSERT_FALSE(clock.done()) << n;
    EXPECT_EQ(clock.time(), static_cast<double>(n) * step);
    EXPECT_EQ(clock.choose(1e9, 1e9), step);  // whatever the flow would like
    EXPECT_EQ(clock.limit(), StepLimit::given);
    clock.advance();
  }
  EXPECT_TRUE(clock.done());
  EXPECT_EQ(clock.time(), end);
  EXPECT_EQ(clock.fraction(), 1.0);
  EXPECT_EQ(clock.step(), n_steps);
  EXPECT_EQ(count(clock, StepLimit::given), n_steps);
  EXPECT_EQ(clock.smallest_dt(), step);
  EXPECT_EQ(clock.largest_dt(), step);
}

TEST(Clock, a_given_step_that_fits_but_for_round_off_is_not_followed_by_another) {
  Clock beyond({.end = 0.3, .step = 0.1});
  EXPECT_EQ(march(beyond).size(), 3u);
  EXPECT_GT(beyond.time(), 0.3);  // 0.1 + 0.2
  Clock short_of({.end = 5e-6, .step = 1e-6});
  EXPECT_EQ(march(short_of).size(), 5u);
  EXPECT_LT(short_of.time(), 5e-6);
}

TEST(Clock, starts_carefully_and_lets_steps_grow_by_a_fifth) {
  Clock clock(free_running());
  double before = clock.choose(at_rest, no_expansion);
  EXPECT_DOUBLE_EQ(before, 1e-3);
  EXPECT_EQ(clock.limit(), StepLimit::growth);
  clock.advance();
  while (clock.choose(at_rest, no_expansion) < 1e-2) {
    EXPECT_EQ(clock.limit(), StepLimit::growth);
    EXPECT_DOUBLE_EQ(clock.dt(), 1.2 * before);
    before = clock.dt();
    clock.advance();
  }
  EXPECT_EQ(clock.limit(), StepLimit::largest);
  EXPECT_EQ(clock.dt(), 1e-2);
  EXPECT_EQ(clock.step(), 13);  // 1.2^12 < 10 < 1.2^13
}

TEST(Clock, the_narrowest_limit_binds_and_is_counted) {
  Clock clock(free_running());
  for (int n = 0; n < 20; ++n) {  // grown up
    clock.choose(at_rest, no_expansion);
    clock.advance();
  }
  struct Row {
    double courant_rate, expansion_rate, dt;
    StepLimit limit;
  };
  const std::vector<Row> table{
      {10.0, 1.0, 1e-2, StepLimit::largest},
      {60.0, 1.0, 0.3 / 60.0, StepLimit::courant},
      {60.0, 50.0, 0.1 / 50.0, StepLimit::expansion},
      {200.0, 50.0, 0.3 / 200.0, StepLimit::courant},
      {0.0, 0.0, 1.2 * 0.3 / 200.0, StepLimit::growth},
      {0.0, 1000.0, 0.1 / 1000.0, StepLimit::expansion},
  };
  const auto before = clock.counts();
  for (const auto& row : table) {
    EXPECT_DOUBLE_EQ(clock.choose(row.courant_rate, row.expansion_rate), row.dt);
    EXPECT_EQ(clock.limit(), row.limit) << step_limit_names[static_cast<std::size_t>(clock.limit())];
    EXPECT_EQ(clock.dt(), row.dt);
    clock.advance();
  }
  const auto counted = [&](StepLimit limit) { return count(clock, limit) - before[static_cast<std::size_t>(limit)]; };
  EXPECT_EQ(counted(StepLimit::largest), 1);
  EXPECT_EQ(counted(StepLimit::courant), 2);
  EXPECT_EQ(counted(StepLimit::expansion), 2);
  EXPECT_EQ(counted(StepLimit::growth), 1);
  EXPECT_EQ(counted(StepLimit::given) + counted(StepLimit::end), 0);
  EXPECT_DOUBLE_EQ(clock.largest_courant(), 0.3);
  EXPECT_DOUBLE_EQ(clock.smallest_dt(), 0.1 / 1000.0);
  EXPECT_DOUBLE_EQ(clock.largest_dt(), 1e-2);
}

TEST(Clock, chosen_steps_end_on_the_end_without_a_tiny_one) {
  for (const double end : {1.0, 0.2003, 0.3337, 0.04, 1.1e-3}) {
    Clock clock(free_running(end));
    const auto steps = march(clock);
    EXPECT_NEAR(clock.time(), end, 1e-15);
    EXPECT_NEAR(std::accumulate(steps.begin(), steps.end(), 0.0), end, 1e-13);
    EXPECT_EQ(clock.step(), static_cast<std::int64_t>(steps.size()));
    // What is left is halved, not cut to a rest: no step is below half of its predecessor.
    for (std::size_t n = 1; n < steps.size(); ++n) EXPECT_GE(steps[n], 0.499 * steps[n - 1]) << end << ", step " << n;
    EXPECT_GE(count(clock, StepLimit::end), 1) << end;
    const auto counts = clock.counts();
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}), clock.step());
  }
}

TEST(Clock, a_run_shorter_than_its_first_step_takes_one) {
  Clock clock(free_running(4e-4));
  EXPECT_EQ(march(clock), std::vector<double>{4e-4});
  EXPECT_EQ(count(clock, StepLimit::end), 1);
}

}  // namespace
}  // namespace bimetal::app
