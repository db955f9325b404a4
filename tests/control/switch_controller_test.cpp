#include "control/switch_controller.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "control/ledger.hpp"

namespace bimetal::control {
namespace {

/// n rows with log-uniform scores in 0.01..100 tolerances, all audited; a row is wrong with probability p(score).
template <class Probability>
ScoreHistogram make_histogram(int n, Probability p, std::uint64_t seed = 1) {
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<double> uniform;
  ScoreHistogram histogram;
  for (int i = 0; i < n; ++i) {
    const double score = std::pow(10.0, -2.0 + 4.0 * uniform(engine));
    histogram.add_candidate(score);
    histogram.add_audit(score, uniform(engine) < p(score));
  }
  return histogram;
}

TEST(ScoreHistogram, bins_agree_with_their_edges) {
  for (int b = 0; b < ScoreHistogram::n_bins - 1; ++b) {
    EXPECT_EQ(ScoreHistogram::bin(ScoreHistogram::edge(b)), b);
    EXPECT_EQ(ScoreHistogram::bin(std::nextafter(ScoreHistogram::edge(b), 1e9)), b + 1);
  }
  EXPECT_EQ(ScoreHistogram::bin(0.0), 0);
  EXPECT_EQ(ScoreHistogram::bin(1e30), ScoreHistogram::n_bins - 1);
  EXPECT_EQ(ScoreHistogram::bin(NAN), ScoreHistogram::n_bins - 1);
}

TEST(Threshold, lies_below_the_scores_that_would_break_alpha) {
  const auto threshold =
      choose_threshold(make_histogram(20000, [](double s) { return s > 1.0 ? 0.9 : 0.001; }), 0.05, 0.95);
  EXPECT_GT(threshold.score, 0.5);
  EXPECT_LT(threshold.score, 1.6);
  EXPECT_GT(threshold.acceptance, 0.4);
  EXPECT_LE(threshold.wrong_upper_bound, 0.05);
}

TEST(Threshold, accepts_everything_from_a_good_surrogate_and_nothing_from_a_bad_one) {
  EXPECT_EQ(choose_threshold(make_histogram(5000, [](double) { return 0.001; }), 0.05, 0.95).acceptance, 1.0);
  EXPECT_EQ(choose_threshold(make_histogram(5000, [](double) { return 0.5; }), 0.05, 0.95).score, -1.0);
}

TEST(Threshold, needs_evidence) {
  EXPECT_EQ(choose_threshold(ScoreHistogram{}, 0.05, 0.95).score, -1.0);
  EXPECT_EQ(choose_threshold(make_histogram(99, [](double) { return 0.0; }), 0.05, 0.95).score, -1.0);
}

TEST(Threshold, keeps_the_wrong_fraction_below_alpha_in_nearly_all_tries) {
  constexpr double alpha = 0.05;
  const auto p = [](double s) { return s / (s + 3.0); };
  int broken = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto threshold = choose_threshold(make_histogram(3000, p, seed), alpha, 0.95);
    const auto truth = make_histogram(100000, p, 1000 + seed);
    std::int64_t n = 0, wrong = 0;
    for (int b = 0; b < ScoreHistogram::n_bins && ScoreHistogram::edge(b) <= threshold.score; ++b) {
      n += truth.audits(b);
      wrong += truth.wrong(b);
    }
    broken += n > 0 && static_cast<double>(wrong) > alpha * static_cast<double>(n);
  }
  EXPECT_LE(broken, 10);
}

TEST(SwitchController, tosses_the_same_coins_for_the_same_rows_and_about_the_right_number) {
  SwitchOptions options;
  const SwitchController a(options, 7), b(options, 7), other(options, 8);
  int audited = 0, inert_audited = 0, differs = 0;
  for (std::int64_t id = 0; id < 100000; ++id) {
    EXPECT_EQ(a.audits(3, id), b.audits(3, id));
    audited += a.audits(3, id);
    inert_audited += a.audits_inert(3, id);
    differs += a.audits(3, id) != other.audits(3, id) || a.audits(3, id) != a.audits(4, id);
  }
  EXPECT_NEAR(audited, 3000, 4 * std::sqrt(3000.0));
  EXPECT_NEAR(inert_audited, 300, 4 * std::sqrt(300.0));
  EXPECT_GT(differs, 3000);
}

TEST(SwitchController, opens_with_calibration_and_closes_when_audits_go_bad) {
  SwitchController controller({}, 1);
  EXPECT_FALSE(controller.accepts(0.0)) << "nothing is known yet";
  controller.restart(make_histogram(5000, [](double) { return 0.001; }));
  EXPECT_TRUE(controller.accepts(50.0));
  for (int i = 0; i < 5000; ++i) {
    controller.record_candidate(0.5);
    controller.record_audit(0.5, 7.0);
  }
  EXPECT_TRUE(controller.accepts(0.5)) << "evidence counts when its window is closed";
  controller.close_window();
  EXPECT_FALSE(controller.accepts(0.5));
}

TEST(SwitchController, forgets_old_windows) {
  SwitchOptions options;
  options.memory = 2;
  SwitchController controller(options, 1);
  controller.restart(make_histogram(5000, [](double) { return 1.0; }));
  EXPECT_FALSE(controller.accepts(0.01));
  for (int window = 0; window < 2; ++window) {
    for (int i = 0; i < 1000; ++i) {
      controller.record_candidate(0.5);
      controller.record_audit(0.5, 0.1);
    }
    controller.close_window();
  }
  EXPECT_TRUE(controller.accepts(0.5));
}

TEST(SwitchController, corrects_its_target_when_accepted_answers_keep_missing_it_and_recovers) {
  SwitchController controller({}, 1);
  controller.restart(make_histogram(5000, [](double) { return 0.001; }));
  EXPECT_EQ(controller.target(), 0.05);
  const auto window = [&](int wrong) {
    for (int i = 0; i < 200; ++i) {
      controller.record_candidate(0.5);
      controller.record_audit(0.5, i < wrong ? 2.0 : 0.5);
    }
    controller.close_window();
  };
  window(20);
  EXPECT_NEAR(controller.target(), 0.05 + 0.1 * (0.04 - 0.1), 1e-12);
  for (int i = 0; i < 100; ++i) window(0);
  EXPECT_EQ(controller.target(), 0.05);
}

TEST(SwitchController, other_policies_hold_their_threshold_whatever_the_audits_say) {
  const auto bad = make_histogram(5000, [](double) { return 1.0; });
  const auto with = [&](Policy policy) {
    SwitchOptions options;
    options.policy = policy;
    options.threshold = 2.0;
    SwitchController controller(options, 1);
    controller.restart(bad);
    return controller;
  };
  EXPECT_TRUE(with(Policy::threshold).accepts(2.0));
  EXPECT_FALSE(with(Policy::threshold).accepts(2.1));
  EXPECT_TRUE(with(Policy::always).accepts(1e300));
  EXPECT_FALSE(with(Policy::always).accepts(NAN));
  EXPECT_FALSE(with(Policy::never).accepts(0.0));
}

TEST(RowCounts, add_field_by_field) {
  RowCounts a{.total = 5, .accepted = 2}, b{.total = 7, .verified_wrong = 3};
  a.add(b);
  EXPECT_EQ(a.total, 12);
  EXPECT_EQ(a.accepted, 2);
  EXPECT_EQ(a.verified_wrong, 3);
}

TEST(Ledger, judges_by_the_cost_of_accepted_rows_not_of_rejected_ones) {
  // 10 rejected rows at 3 s, 5 audits at 1 s; 100 accepted. Physics alone: 30 + 100 · 1.
  const Ledger ledger{.physics = 30.0, .audit = 5.0, .inference = 10.0, .training = 20.0, .verification = 99.0};
  EXPECT_DOUBLE_EQ(ledger.spent(), 65.0);
  EXPECT_DOUBLE_EQ(ledger.net_speedup(100, 5), 130.0 / 65.0);
  EXPECT_DOUBLE_EQ(Ledger{}.net_speedup(0, 0), 1.0);
}

}  // namespace
}  // namespace bimetal::control
