// A hybrid that is taken up again by another one goes on as if it had never stopped.
#include <gtest/gtest.h>

#include "../support/memory_archive.hpp"
#include "toy_run.hpp"

namespace bimetal::hybrid {
namespace {

using bimetal::testing::MemoryArchive;
using bimetal::testing::options_of;
using bimetal::testing::ToyRun;

/// What a run has decided and answered in a step, every bit of it.
struct Deed {
  std::vector<double> answers;
  std::vector<double> scores;
  std::vector<subproblem::Answerer> answerers;
  bool operator==(const Deed&) const = default;
};

Deed deed_of(const ToyRun& run) {
  Deed deed;
  deed.answers.assign(run.answers().flat().begin(), run.answers().flat().end());
  for (const auto& provenance : run.provenance()) {
    deed.scores.push_back(provenance.score);
    deed.answerers.push_back(provenance.answerer);
  }
  return deed;
}

void go(ToyRun& run, std::int64_t first, std::int64_t end, std::vector<Deed>& deeds) {
  for (std::int64_t step = first; step < end; ++step) {
    run.step(step);
    deeds.push_back(deed_of(run));
  }
}

class Restart : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(Restart, goes_on_to_the_bit) {
  const std::int64_t cut = GetParam(), end = 60;
  const auto options = options_of(control::Policy::certified);
  std::vector<Deed> expected, found;
  ToyRun whole(options), first(options), second(options);
  go(whole, 0, end, expected);
  go(first, 0, cut, found);
  auto archive = MemoryArchive::of(first.solver());
  archive.give_to(second.solver());
  go(second, cut, end, found);

  for (std::int64_t step = 0; step < end; ++step)
    ASSERT_TRUE(found[static_cast<std::size_t>(step)] == expected[static_cast<std::size_t>(step)]) << "step " << step;
  EXPECT_EQ(second.solver().rows().to_array(), whole.solver().rows().to_array());
  EXPECT_EQ(second.solver().promotions(), whole.solver().promotions());
  EXPECT_EQ(second.solver().certificate().upper_bound, whole.solver().certificate().upper_bound);
  EXPECT_GT(whole.solver().rows().accepted, 0);
  const auto errors = second.solver().output_errors(), same = whole.solver().output_errors();
  for (std::size_t k = 0; k < errors.size(); ++k)
    EXPECT_EQ(errors[k].estimate.accumulated, same[k].estimate.accumulated);
}

// Before the first round of training, before the first promotion, between windows, late.
INSTANTIATE_TEST_SUITE_P(AfterSteps, Restart, ::testing::Values(1, 4, 23, 50));

TEST(Restart, after_saving_the_saved_one_goes_on_as_well) {
  const auto options = options_of(control::Policy::certified);
  std::vector<Deed> expected, found;
  ToyRun undisturbed(options), saved(options);
  go(undisturbed, 0, 40, expected);
  for (std::int64_t step = 0; step < 40; ++step) {
    go(saved, step, step + 1, found);
    const auto archive = MemoryArchive::of(saved.solver());
    EXPECT_GT(archive.size(), 100U);
  }
  EXPECT_TRUE(found == expected);
}

TEST(Restart, with_a_tolerance_of_the_whole_run_remembers_how_far_errors_have_come) {
  auto options = options_of(control::Policy::certified);
  options.switching.run_tolerance = 1e-3;
  options.expected_steps = 60;
  std::vector<Deed> expected, found;
  ToyRun whole(options), first(options), second(options);
  go(whole, 0, 60, expected);
  go(first, 0, 31, found);
  auto archive = MemoryArchive::of(first.solver());
  archive.give_to(second.solver());
  go(second, 31, 60, found);
  EXPECT_TRUE(found == expected);
  EXPECT_EQ(second.solver().controller().tightness(), whole.solver().controller().tightness());
}

}  // namespace
}  // namespace bimetal::hybrid
