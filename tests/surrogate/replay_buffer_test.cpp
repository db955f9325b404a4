#include "surrogate/replay_buffer.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <set>

#include "../support/memory_archive.hpp"
#include "toy_chemistry.hpp"

namespace bimetal::surrogate {
namespace {

using testing::toy_signature;

/// n rows at temperature T whose Y_A2 says when they came.
void add(ReplayBuffer& buffer, std::int64_t n, double T, std::int64_t step) {
  core::RowTable in(6, n), out(6, n);
  std::vector<std::int64_t> id(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    in[i][0] = T;
    in[i][1] = static_cast<double>(step);
    id[static_cast<std::size_t>(i)] = i;
  }
  buffer.add(in.rows(), out.rows(), id, step);
}

TEST(ReplayBuffer, keeps_no_more_than_its_capacity) {
  ReplayBuffer buffer(toy_signature(), 100, 1);
  for (int step = 0; step < 20; ++step) add(buffer, 30, 300.0 + 100.0 * step, step);
  EXPECT_EQ(buffer.size(), 100);
  std::int64_t n = 0;
  for (int s = 0; s < ReplayBuffer::n_strata; ++s) n += buffer.n_in_stratum(s);
  EXPECT_EQ(n, 100);
}

TEST(ReplayBuffer, keeps_every_row_of_a_rare_stratum) {
  ReplayBuffer buffer(toy_signature(), 1000, 1);
  add(buffer, 2000, 2300.0, 0);  // burnt gas
  add(buffer, 40, 1400.0, 1);    // a few rows of the flame, once
  for (int step = 2; step < 30; ++step) add(buffer, 2000, 2300.0, step);
  EXPECT_EQ(buffer.n_in_stratum(static_cast<int>((1400.0 - 250.0) / 3250.0 * 16)), 40);
  EXPECT_EQ(buffer.n_in_stratum(static_cast<int>((2300.0 - 250.0) / 3250.0 * 16)), 960);
}

TEST(ReplayBuffer, shares_its_capacity_between_busy_strata) {
  ReplayBuffer buffer(toy_signature(), 1000, 1);
  for (int step = 0; step < 30; ++step) {
    add(buffer, 500, 2300.0, step);
    add(buffer, 100, 1400.0, step);
  }
  EXPECT_NEAR(static_cast<double>(buffer.n_in_stratum(5)), 500.0, 2.0);
}

TEST(ReplayBuffer, keeps_a_uniform_sample_of_the_whole_run_in_its_permanent_part_and_otherwise_recent_rows) {
  ReplayBuffer buffer(toy_signature(), 1000, 1);
  constexpr int n_steps = 100;
  for (int step = 0; step < n_steps; ++step) add(buffer, 200, 2000.0, step);
  std::map<std::int64_t, int> count;  // by tenth of the run
  for (std::int64_t slot = 0; slot < buffer.size(); ++slot)
    ++count[static_cast<std::int64_t>(buffer.in(slot)[1]) / (n_steps / 10)];
  // 200 permanent rows: 20 of every tenth, give or take 4.2; of the 800 recent ones exp(-0.9 / 0.04) reach back
  // to the first tenth, that is none, and almost all come from the last two.
  for (int tenth = 0; tenth < 7; ++tenth) {
    EXPECT_GE(count[tenth], 7) << "tenth " << tenth;
    EXPECT_LE(count[tenth], 37) << "tenth " << tenth;
  }
  EXPECT_GT(count[9], 600);
}

TEST(ReplayBuffer, keeps_the_same_rows_whatever_the_order_of_arrival_within_the_permanent_part) {
  // A capacity of 5 leaves one permanent row: the one with the smallest key, wherever it came in.
  const auto kept = [](bool reversed) {
    ReplayBuffer buffer(toy_signature(), 5, 3);
    for (int i = 0; i < 50; ++i) add(buffer, 1, 1500.0, reversed ? 49 - i : i);
    std::set<double> steps;
    for (std::int64_t slot = 0; slot < buffer.size(); ++slot) steps.insert(buffer.in(slot)[1]);
    return steps;
  };
  const auto forward = kept(false), backward = kept(true);
  std::vector<double> both;
  std::ranges::set_intersection(forward, backward, std::back_inserter(both));
  EXPECT_GE(both.size(), 1U);
}

TEST(ReplayBuffer, is_a_function_of_seed_id_and_step) {
  const auto contents = [](std::uint64_t seed) {
    ReplayBuffer buffer(toy_signature(), 50, seed);
    for (int step = 0; step < 20; ++step) add(buffer, 20, 1500.0, step);
    std::vector<double> steps;
    for (std::int64_t slot = 0; slot < buffer.size(); ++slot) steps.push_back(buffer.in(slot)[1]);
    return steps;
  };
  EXPECT_EQ(contents(7), contents(7));
  EXPECT_NE(contents(7), contents(8));
}

TEST(ReplayBuffer, draws_all_strata_alike_but_no_row_too_often) {
  ReplayBuffer buffer(toy_signature(), 10000, 1);
  add(buffer, 6000, 2300.0, 0);
  add(buffer, 2000, 1400.0, 1);
  add(buffer, 8, 900.0, 2);
  std::vector<std::int64_t> slots(60000);
  buffer.draw(0, slots);
  double burnt = 0.0, rare = 0.0;
  for (const auto slot : slots) {
    burnt += buffer.in(slot)[0] == 2300.0;
    rare += buffer.in(slot)[0] == 900.0;
  }
  // Weights: 1/3 each for the large strata, 4·8/8008 for the small one.
  const double total = 2.0 / 3.0 + 4.0 * 8.0 / 8008.0;
  EXPECT_NEAR(burnt / 60000.0, 1.0 / 3.0 / total, 0.01);
  EXPECT_NEAR(rare / 60000.0, 4.0 * 8.0 / 8008.0 / total, 0.002);
}

TEST(ReplayBuffer, draws_the_same_rows_for_the_same_counter) {
  ReplayBuffer buffer(toy_signature(), 1000, 1);
  for (int step = 0; step < 8; ++step) add(buffer, 100, 400.0 + 300.0 * step, step);
  std::vector<std::int64_t> first(64), again(64), next(64);
  buffer.draw(5, first);
  buffer.draw(5, again);
  buffer.draw(6, next);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, next);
}

TEST(ReplayBuffer, refuses_rows_that_are_not_finite_and_counts_them) {
  ReplayBuffer buffer(toy_signature(), 100, 1);
  core::RowTable in(6, 3), out(6, 3);
  in[0][2] = std::numeric_limits<double>::quiet_NaN();
  out[2][4] = std::numeric_limits<double>::infinity();
  const std::vector<std::int64_t> id{0, 1, 2};
  buffer.add(in.rows(), out.rows(), id, 0);
  EXPECT_EQ(buffer.size(), 1);
  EXPECT_EQ(buffer.n_refused(), 2);
}

TEST(ReplayBuffer, has_one_stratum_where_the_signature_names_none) {
  auto signature = toy_signature();
  signature.strata.reset();
  ReplayBuffer buffer(signature, 100, 1);
  for (int step = 0; step < 8; ++step) add(buffer, 10, 400.0 + 300.0 * step, step);
  EXPECT_EQ(buffer.n_in_stratum(0), 80);
}

/// Every key and row that a buffer would draw in some batches.
std::vector<double> drawn(const ReplayBuffer& buffer) {
  std::vector<std::int64_t> slots(200);
  std::vector<double> values;
  for (std::uint64_t counter = 0; counter < 5; ++counter) {
    buffer.draw(counter, slots);
    for (const auto slot : slots) values.insert(values.end(), buffer.in(slot).begin(), buffer.in(slot).end());
  }
  return values;
}

TEST(ReplayBuffer, restored_draws_and_goes_on_as_the_saved_one) {
  for (const int n_steps : {1, 5, 30}) {  // half full, full, long full
    ReplayBuffer before(toy_signature(), 1000, 1), after(toy_signature(), 1000, 1);
    const auto fill = [](ReplayBuffer& buffer, int first, int end) {
      for (int step = first; step < end; ++step) {
        add(buffer, 150, 2300.0, step);
        add(buffer, 100, 1400.0, step);
      }
    };
    fill(before, 0, n_steps);
    fill(after, 7, 9);  // to be forgotten
    auto archive = bimetal::testing::MemoryArchive::of(before);
    archive.give_to(after);
    EXPECT_EQ(drawn(after), drawn(before));
    fill(before, n_steps, n_steps + 10);
    fill(after, n_steps, n_steps + 10);
    EXPECT_EQ(drawn(after), drawn(before)) << n_steps;
  }
}

TEST(ReplayBuffer, takes_over_the_rows_of_other_ranks) {
  ReplayBuffer before(toy_signature(), 1000, 1), after(toy_signature(), 400, 1);
  for (int step = 0; step < 10; ++step) add(before, 200, 300.0 + 200.0 * step, step);
  auto archive = bimetal::testing::MemoryArchive::of(before);
  archive.give_to(after, /*same_ranks=*/false);
  EXPECT_EQ(after.size(), 400) << "no more than its own capacity";
  for (int s = 0; s < ReplayBuffer::n_strata; ++s) EXPECT_EQ(after.n_in_stratum(s) > 0, before.n_in_stratum(s) > 0);
}

}  // namespace
}  // namespace bimetal::surrogate
