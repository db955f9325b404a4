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

constexpr std::int64_t end = 60;

/// What a run is compared by at its end.
struct End {
  std::int64_t promotions;
  double upper_bound;
  std::vector<double> accumulated;
  bool operator==(const End&) const = default;
};

End end_of(ToyRun& run) {
  End found{run.solver().promotions(), run.solver().certificate().upper_bound, {}};
  for (const auto& error : run.solver().output_errors()) found.accumulated.push_back(error.estimate.accumulated);
  return found;
}

/// A run from step 0 to `end` that nobody disturbs.
struct Undisturbed {
  Undisturbed() {
    ToyRun run(options_of(control::Policy::certified));
    go(run, 0, end, deeds);
    counts = run.solver().rows();
    last = end_of(run);
  }
  std::vector<Deed> deeds;
  control::RowCounts counts;
  End last;
};

const Undisturbed& undisturbed() {
  static const Undisturbed run;
  return run;
}

class Restart : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(Restart, goes_on_to_the_bit) {
  const std::int64_t cut = GetParam();
  const auto options = options_of(control::Policy::certified);
  const auto& expected = undisturbed();
  std::vector<Deed> found;
  ToyRun first(options), second(options);
  go(first, 0, cut, found);
  auto archive = MemoryArchive::of(first.solver());
  archive.give_to(second.solver());
  go(second, cut, end, found);

  for (std::size_t step = 0; step < found.size(); ++step)
    ASSERT_TRUE(found[step] == expected.deeds[step]) << "step " << step;
  EXPECT_EQ(second.solver().rows().to_array(), expected.counts.to_array());
  EXPECT_TRUE(end_of(second) == expected.last);
  EXPECT_GT(expected.counts.accepted, 0);
}

// Before the first round of training, before the first promotion, between windows, late.
INSTANTIATE_TEST_SUITE_P(AfterSteps, Restart, ::testing::Values(1, 4, 23, 50));

TEST(Restart, after_saving_the_saved_one_goes_on_as_well) {
  std::vector<Deed> found;
  ToyRun saved(options_of(control::Policy::certified));
  for (std::int64_t step = 0; step < 40; ++step) {
    go(saved, step, step + 1, found);
    const auto archive = MemoryArchive::of(saved.solver());
    EXPECT_GT(archive.size(), 100U);
    ASSERT_TRUE(found.back() == undisturbed().deeds[static_cast<std::size_t>(step)]) << "step " << step;
  }
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
