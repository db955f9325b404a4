#include "hybrid/learning_plan.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bimetal::hybrid {
namespace {

using Phase = LearningPlan::Phase;

constexpr std::int64_t watch = 30;

/// A plan and the steps it is told of.
struct Course {
  explicit Course(bool warm = false) : plan(watch, warm) {}
  /// How many bursts begin in these steps; a running one is over after the first `burst` of them.
  int steps(int n, double share, int burst = 1 << 30) {
    int begun = 0;
    for (int i = 0; i < n; ++i) {
      plan.note(step++, share, i >= burst);
      begun += plan.begins();
    }
    return begun;
  }
  LearningPlan plan;
  std::int64_t step = 0;
};

TEST(LearningPlan, learns_from_the_start_until_the_burst_is_over) {
  Course course;
  course.steps(100, 0.0);
  EXPECT_EQ(course.plan.phase(), Phase::learning);
  course.steps(1, 0.0, 0);
  EXPECT_EQ(course.plan.phase(), Phase::watching);
}

TEST(LearningPlan, learns_on_while_bursts_bring_something_and_then_rests) {
  Course course;
  course.steps(1, 0.0, 0);
  EXPECT_EQ(course.steps(static_cast<int>(watch), 0.6), 1) << "from nothing to 60 %";
  course.steps(1, 0.6, 0);
  EXPECT_EQ(course.steps(static_cast<int>(watch), 0.605), 0) << "half a point is not worth another";
  EXPECT_EQ(course.plan.phase(), Phase::resting);
  EXPECT_EQ(course.steps(1000, 0.605), 0);
}

TEST(LearningPlan, does_not_learn_on_when_nearly_everything_is_accepted) {
  Course course;
  course.steps(1, 0.0, 0);
  EXPECT_EQ(course.steps(static_cast<int>(watch) + 60, 0.995), 0);
  EXPECT_EQ(course.plan.phase(), Phase::resting);
}

TEST(LearningPlan, begins_again_when_less_is_accepted_than_at_best) {
  Course course(/*warm=*/true);
  EXPECT_EQ(course.steps(100, 0.9), 0);
  EXPECT_EQ(course.steps(100, 0.85), 0) << "within what shares scatter";
  EXPECT_EQ(course.steps(20, 0.5), 0) << "evidence that starts afresh";
  EXPECT_EQ(course.steps(100, 0.85), 0);
  EXPECT_EQ(course.steps(100, 0.7), 1);
  EXPECT_EQ(course.plan.phase(), Phase::learning);
}

TEST(LearningPlan, tries_ever_more_seldom_to_raise_a_poor_share) {
  Course course;
  course.steps(1, 0.0, 0);
  std::vector<std::int64_t> begun;
  while (begun.size() < 8)
    if (course.steps(1, 0.0, 0) == 1) begun.push_back(course.step);
  EXPECT_LE(begun[0], 3 * watch);
  for (std::size_t i = 2; i < begun.size(); ++i)
    EXPECT_GE(begun[i] - begun[i - 1], begun[i - 1] - begun[i - 2]) << "burst " << i;
  EXPECT_GT(begun[7] - begun[6], 3 * watch);
}

}  // namespace
}  // namespace bimetal::hybrid
