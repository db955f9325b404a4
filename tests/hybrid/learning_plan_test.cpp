#include "hybrid/learning_plan.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bimetal::hybrid {
namespace {

using Phase = LearningPlan::Phase;

constexpr std::int64_t watch = 8;
constexpr std::int64_t patience = 1000;
constexpr std::int64_t updates_per_step = 10;

/// A plan and the steps it is told of.
struct Course {
  explicit Course(bool warm = false) : plan(watch, patience, 0.1, warm) {}
  /// How many bursts begin in these steps.
  int steps(int n, double share, bool rate_is_down = true, double wrong = 0.0) {
    int begun = 0;
    for (int i = 0; i < n; ++i) {
      if (plan.phase() == Phase::learning) updates += updates_per_step;
      plan.note(step++, {.accepted = share, .wrong = wrong, .promotions = promotions}, updates, rate_is_down);
      begun += plan.begins();
    }
    return begun;
  }
  LearningPlan plan;
  std::int64_t step = 0, updates = 0, promotions = 0;
};

TEST(LearningPlan, learns_from_the_start_until_the_rate_is_down_and_nothing_has_been_gained_for_long) {
  Course course;
  course.steps(150, 0.0, /*rate_is_down=*/false);
  EXPECT_EQ(course.plan.phase(), Phase::learning);
  course.steps(1, 0.0);
  EXPECT_EQ(course.plan.phase(), Phase::resting);
}

TEST(LearningPlan, goes_on_while_it_brings_versions) {
  Course course;
  for (int version = 1; version < 6; ++version) {
    ++course.promotions;
    course.steps(70, 0.1 * version);
    EXPECT_EQ(course.plan.phase(), Phase::learning) << version;
  }
  course.steps(110, 0.9);
  EXPECT_EQ(course.plan.phase(), Phase::resting) << "a share that rises by itself is none of its merits";
  EXPECT_EQ(course.steps(1000, 0.9), 0);
}

TEST(LearningPlan, rests_when_nearly_everything_is_accepted_for_some_steps) {
  Course course;
  course.steps(watch - 1, 0.995, /*rate_is_down=*/false);
  EXPECT_EQ(course.plan.phase(), Phase::learning);
  course.steps(1, 0.9, false);
  course.steps(watch - 1, 0.995, false);
  EXPECT_EQ(course.plan.phase(), Phase::learning) << "in a row";
  course.steps(1, 0.995, false);
  EXPECT_EQ(course.plan.phase(), Phase::resting);
}

TEST(LearningPlan, begins_again_when_less_is_accepted_than_at_best) {
  Course course(/*warm=*/true);
  EXPECT_EQ(course.steps(100, 0.9), 0);
  EXPECT_EQ(course.steps(100, 0.85), 0) << "within what shares scatter";
  EXPECT_EQ(course.steps(watch / 2, 0.5), 0) << "evidence that starts afresh";
  EXPECT_EQ(course.steps(100, 0.85), 0);
  EXPECT_EQ(course.steps(100, 0.7), 1);
}

TEST(LearningPlan, begins_again_when_more_is_wrong_than_at_best) {
  Course course(/*warm=*/true);
  EXPECT_EQ(course.steps(100, 0.99), 0);
  EXPECT_EQ(course.steps(100, 0.99, true, /*wrong=*/0.1), 0) << "a tenth of what may be";
  EXPECT_EQ(course.steps(15, 0.99, true, 0.5), 1);
}

TEST(LearningPlan, begins_again_at_once_when_a_step_is_withdrawn_unless_learning_had_brought_nothing) {
  for (const bool ended_well : {true, false}) {
    Course course;
    course.steps(ended_well ? watch : 200, ended_well ? 1.0 : 0.8);
    ASSERT_EQ(course.plan.phase(), Phase::resting);
    course.plan.note(course.step++, {.accepted = 0.0, .withdrawn = true}, course.updates, true);
    EXPECT_EQ(course.plan.begins(), ended_well);
  }
}

TEST(LearningPlan, does_not_try_to_raise_a_share_that_is_poor_no_longer) {
  Course course(/*warm=*/true);
  EXPECT_EQ(course.steps(4 * watch - 2, 0.0), 0);
  EXPECT_EQ(course.steps(100, 0.7), 0) << "the mean over the last steps is still below a half at first";
}

TEST(LearningPlan, tries_ever_more_seldom_to_raise_a_poor_share) {
  Course course;
  std::vector<std::int64_t> begun;
  while (begun.size() < 8)
    if (course.steps(1, 0.0) == 1) begun.push_back(course.step);
  for (std::size_t i = 2; i < begun.size(); ++i)
    EXPECT_GE(begun[i] - begun[i - 1], begun[i - 1] - begun[i - 2]) << "burst " << i;
  EXPECT_GT(begun[7] - begun[6], 2 * patience / updates_per_step);
}

}  // namespace
}  // namespace bimetal::hybrid
