#include "control/switch_controller.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "control/error_account.hpp"
#include "control/ledger.hpp"
#include "control/row_counts.hpp"
#include "control/signal_calibration.hpp"

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

Threshold choose(const ScoreHistogram& evidence, double alpha = 0.05) {
  return choose_threshold(evidence, alpha, 0.95);
}

TEST(Threshold, lies_below_the_scores_that_would_break_alpha) {
  const auto threshold = choose(make_histogram(20000, [](double s) { return s > 1.0 ? 0.9 : 0.001; }));
  EXPECT_GT(threshold.score, 0.5);
  EXPECT_LT(threshold.score, 1.6);
  EXPECT_GT(threshold.acceptance, 0.4);
  EXPECT_LE(threshold.wrong_upper_bound, 0.05);
}

TEST(Threshold, accepts_all_it_can_tell_apart_from_a_good_surrogate_and_nothing_from_a_bad_one) {
  const auto good = choose(make_histogram(5000, [](double) { return 0.001; }));
  EXPECT_GT(good.score, 5.0);
  EXPECT_TRUE(std::isfinite(good.score)) << "a score beyond the bins is never good enough";
  EXPECT_EQ(choose(make_histogram(5000, [](double) { return 0.5; })).score, -1.0);
}

TEST(Threshold, needs_evidence) {
  EXPECT_EQ(choose(ScoreHistogram{}).score, -1.0);
  EXPECT_EQ(choose(make_histogram(99, [](double) { return 0.0; })).score, -1.0);
}

TEST(Threshold, keeps_the_wrong_fraction_below_alpha_in_nearly_all_tries) {
  constexpr double alpha = 0.05;
  const auto p = [](double s) { return s / (s + 3.0); };
  int broken = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto threshold = choose(make_histogram(3000, p, seed), alpha);
    const auto truth = make_histogram(100000, p, 1000 + seed).up_to(threshold.score);
    broken += truth.wrong > alpha * truth.audits;
  }
  EXPECT_LE(broken, 10);
}

TEST(DriftAlarm, is_silent_for_long_at_alpha_and_quick_when_the_share_triples) {
  constexpr double alpha = 0.05;
  std::mt19937_64 engine(1);
  const auto steps_until_alarm = [&](double share, int limit) {
    DriftAlarm alarm(alpha, 2000.0);
    std::binomial_distribution<std::int64_t> wrong(50, share);
    for (int step = 1; step <= limit; ++step) {
      alarm.begin_step();
      if (alarm.hears(50, wrong(engine))) return step;
    }
    return limit;
  };
  double at_alpha = 0.0, at_triple = 0.0;
  for (int i = 0; i < 100; ++i) {
    at_alpha += steps_until_alarm(alpha, 10000) / 100.0;
    at_triple += steps_until_alarm(3.0 * alpha, 10000) / 100.0;
  }
  EXPECT_GT(at_alpha, 0.8 * 2000.0);
  EXPECT_LT(at_triple, 6.0);
  EXPECT_EQ(steps_until_alarm(0.5 * alpha, 10000), 10000);
}

// Few rows, all of which are asked about in every batch of a step: audits find again and again that by chance too
// many of them were wrong.
TEST(DriftAlarm, is_as_silent_and_as_quick_in_steps_of_several_batches) {
  constexpr double alpha = 0.05, q = 0.1;
  constexpr int n_rows = 300, n_batches = 5, limit = 4000;
  std::mt19937_64 engine(1);
  const auto steps_until_alarm = [&](double share) {
    DriftAlarm alarm(alpha, 2000.0);
    std::binomial_distribution<int> wrong(n_rows, share);
    for (int step = 1; step <= limit; ++step) {
      const int n_wrong = wrong(engine);
      std::binomial_distribution<int> wrong_audits(n_wrong, q), right_audits(n_rows - n_wrong, q);
      alarm.begin_step();
      for (int batch = 0; batch < n_batches; ++batch) {
        const int found = wrong_audits(engine);
        if (alarm.hears(found + right_audits(engine), found)) return step;
      }
    }
    return limit;
  };
  double at_alpha = 0.0, at_triple = 0.0;
  for (int i = 0; i < 100; ++i) {
    at_alpha += steps_until_alarm(alpha) / 100.0;
    at_triple += steps_until_alarm(3.0 * alpha) / 100.0;
  }
  EXPECT_GT(at_alpha, 2000.0);
  EXPECT_LT(at_triple, 6.0);
}

TEST(SignalCalibration, says_which_error_nine_in_ten_answers_stay_below_and_never_falls) {
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  SignalRecord record;
  std::vector<std::pair<double, double>> pairs;
  for (int i = 0; i < 20000; ++i) {
    // The signal promises ten times too little, and scatters.
    const double signal = 0.05 * std::exp(1.5 * normal(engine));
    pairs.emplace_back(signal, 10.0 * signal * std::exp(0.5 * normal(engine)));
    record.add(pairs.back().first, pairs.back().second);
  }
  const SignalCalibration calibration(record);
  double below = 0.0, last = 0.0;
  for (const auto& [signal, error] : pairs) below += error <= calibration(signal);
  EXPECT_NEAR(below / static_cast<double>(pairs.size()), SignalCalibration::quantile, 0.03);
  for (double signal = 1e-5; signal < 1e5; signal *= 1.1) {
    EXPECT_GE(calibration(signal), last);
    last = calibration(signal);
  }
  EXPECT_GT(calibration(1e5), 1e4) << "beyond the record";
  EXPECT_TRUE(std::isinf(calibration(NAN)));
  EXPECT_EQ(SignalCalibration()(0.3), 0.3) << "without a record it is taken at its word";
}

TEST(ErrorAccount, is_unbiased_whatever_the_chance_of_an_audit_was) {
  std::mt19937_64 engine(1);
  std::uniform_real_distribution<double> uniform;
  constexpr int n_steps = 200, n_rows = 500;
  ErrorAccount account(2);
  double carried = 0.0;
  for (int step = 0; step < n_steps; ++step) {
    const double q = step % 2 == 0 ? 0.2 : 0.05;
    for (int row = 0; row < n_rows; ++row) {
      // Output 0 is off by 1 in every second step, output 1 by ±1 in turn.
      const double answer[] = {step % 2 == 0 ? 1.0 : 0.0, row % 2 == 0 ? 1.0 : -1.0}, truth[] = {0.0, 0.0};
      const bool audited = uniform(engine) < q;
      if (audited) account.add(answer, truth, q, Audited::replaced);
      if (!audited) carried += answer[0] / n_rows;
    }
    account.close_step(n_rows);
  }
  const auto of = ErrorAccount::estimates(account.sums());
  EXPECT_NEAR(of[0].mean_abs, 0.5, 0.02);
  EXPECT_NEAR(of[0].bias, 0.5, 0.02);
  EXPECT_NEAR(of[1].mean_abs, 1.0, 1e-12);
  EXPECT_NEAR(of[1].bias, 0.0, 0.05);
  EXPECT_NEAR(of[0].accumulated, carried, 4.0 * of[0].accumulated_error);
  EXPECT_LT(of[0].accumulated_error, 0.05 * carried);
  EXPECT_LT(std::abs(of[1].accumulated), 4.0 * of[1].accumulated_error);
}

/// What a window of all ranks says: so many rows of one score, audited and wrong.
Evidence window_of(SwitchController& controller, int rows, int audits, int wrong, double score = 0.5,
                   const Ledger& cost = {}) {
  for (int i = 0; i < rows; ++i) controller.record_candidate(score);
  for (int i = 0; i < audits; ++i) controller.record_audit(score, i < wrong ? 7.0 : 0.1);
  return controller.take_window(cost);
}

/// The commit test of a step that is one batch.
bool step_stands(SwitchController& controller, std::int64_t audited, std::int64_t audited_wrong) {
  controller.begin_solve();
  return controller.commit_test(audited, audited_wrong);
}

const auto good = make_histogram(5000, [](double) { return 0.001; });

TEST(SwitchController, tosses_the_same_coins_for_the_same_rows_of_a_solve_and_about_the_right_number) {
  SwitchOptions options;
  options.audit_fraction = 0.03;
  SwitchController a(options, 7), b(options, 7), other(options, 8), later(options, 7);
  for (auto* each : {&a, &b, &other, &later, &later}) each->begin_solve();
  int audited = 0, inert_audited = 0, by_key = 0, by_solve = 0;
  for (std::int64_t id = 0; id < 100000; ++id) {
    EXPECT_EQ(a.audits(id), b.audits(id));
    audited += a.audits(id);
    inert_audited += a.audits_inert(id);
    by_key += a.audits(id) && other.audits(id);
    by_solve += a.audits(id) && later.audits(id);
  }
  EXPECT_NEAR(audited, 3000, 4 * std::sqrt(3000.0));
  EXPECT_NEAR(inert_audited, 300, 4 * std::sqrt(300.0));
  EXPECT_NEAR(by_key, 90, 4 * std::sqrt(90.0)) << "independent of each other";
  EXPECT_NEAR(by_solve, 90, 4 * std::sqrt(90.0));
}

TEST(SwitchController, asks_nobody_without_a_version_audited_rows_without_a_threshold_and_then_everybody) {
  SwitchController controller({}, 1);
  EXPECT_EQ(controller.asks(0), Asking::nobody);
  controller.serve({});
  EXPECT_EQ(controller.asks(0), Asking::audited_rows);
  EXPECT_FALSE(controller.accepts(0.0)) << "nothing is known yet";
  controller.serve(good);
  EXPECT_EQ(controller.asks(0), Asking::all_rows);
  EXPECT_TRUE(controller.accepts(4.0));
  EXPECT_EQ(controller.standing(), Standing::on);
}

TEST(SwitchController, turns_on_by_the_audits_of_rows_it_does_not_accept) {
  SwitchController controller({}, 1);
  controller.serve({});
  controller.learn(window_of(controller, 170, 170, 0));
  EXPECT_EQ(controller.standing(), Standing::on);
  EXPECT_TRUE(controller.accepts(0.5));
}

TEST(SwitchController, closes_when_the_evidence_goes_bad) {
  SwitchController controller({}, 1);
  controller.serve(good);
  const auto bad = window_of(controller, 5000, 5000, 5000);
  EXPECT_TRUE(controller.accepts(0.5)) << "evidence counts when it has been added up";
  controller.learn(bad);
  EXPECT_FALSE(controller.accepts(0.5));
}

TEST(SwitchController, forgets_old_evidence_by_and_by) {
  SwitchOptions options;
  options.memory = 8;
  SwitchController controller(options, 1);
  controller.serve(make_histogram(5000, [](double) { return 1.0; }));
  EXPECT_FALSE(controller.accepts(0.01));
  controller.learn(window_of(controller, 1000, 1000, 0));
  EXPECT_FALSE(controller.accepts(0.5));
  for (int window = 0; window < 50; ++window) controller.learn(window_of(controller, 1000, 1000, 0));
  EXPECT_TRUE(controller.accepts(0.5));
}

TEST(SwitchController, ignores_evidence_about_a_version_that_no_longer_serves) {
  SwitchController controller({}, 1);
  controller.serve(good);
  const auto late = window_of(controller, 5000, 5000, 5000);
  controller.serve(good);
  controller.learn(late);
  EXPECT_TRUE(controller.accepts(0.5));
}

TEST(SwitchController, withdraws_a_step_whose_own_audits_refute_alpha_and_accepts_again_by_new_evidence) {
  SwitchController controller({}, 1);
  controller.serve(good);
  EXPECT_TRUE(step_stands(controller, 100, 5));
  EXPECT_TRUE(step_stands(controller, 0, 0));
  EXPECT_FALSE(step_stands(controller, 100, 40));
  EXPECT_EQ(controller.standing(), Standing::no_threshold);
  EXPECT_EQ(controller.alarms(), 1);
  controller.learn(window_of(controller, 90, 90, 0));
  EXPECT_EQ(controller.standing(), Standing::no_threshold) << "too little is known";
  controller.learn(window_of(controller, 90, 90, 0));
  EXPECT_EQ(controller.standing(), Standing::on);
}

TEST(SwitchController, hears_a_smaller_rise_that_lasts) {
  SwitchController controller({}, 1);
  controller.serve(good);
  int steps = 1;
  while (step_stands(controller, 40, 6)) ASSERT_LT(++steps, 20);
  EXPECT_GT(steps, 1) << "6 of 40 do not refute 5 % at once";
}

TEST(SwitchController, hears_no_more_in_the_batches_of_an_iteration_than_in_one_of_them) {
  const auto steps_until_alarm = [](int n_batches) {
    SwitchController controller({}, 1);
    controller.serve(good);
    for (int step = 1; step < 20; ++step)
      for (int batch = 0; batch < n_batches; ++batch) {
        controller.begin_solve(batch == 0 ? Solve::of_new_step : Solve::of_same_step);
        if (!controller.commit_test(40, 6)) return step;
      }
    return 20;
  };
  EXPECT_LT(steps_until_alarm(1), 20);
  EXPECT_EQ(steps_until_alarm(3), steps_until_alarm(1));
}

TEST(SwitchController, says_when_a_version_is_refuted_at_once) {
  SwitchController controller({}, 1);
  controller.serve(good);
  EXPECT_FALSE(step_stands(controller, 100, 40));
  EXPECT_TRUE(controller.refuted_at_once());
  controller.serve(good);
  EXPECT_FALSE(controller.refuted_at_once());
  for (int step = 0; step < 3; ++step) EXPECT_TRUE(step_stands(controller, 100, 0));
  EXPECT_FALSE(step_stands(controller, 100, 40));
  EXPECT_FALSE(controller.refuted_at_once()) << "it was good at first";
}

TEST(SwitchController, audits_less_once_the_threshold_rests_on_enough) {
  SwitchController controller({}, 1);
  controller.serve(make_histogram(2000, [](double) { return 0.0; }));
  EXPECT_EQ(controller.audit_chance(), 0.1);
  controller.learn(window_of(controller, 30000, 3000, 0));
  EXPECT_DOUBLE_EQ(controller.audit_chance(), 0.03);
  EXPECT_FALSE(controller.commit_test(100, 40));
  EXPECT_EQ(controller.audit_chance(), 0.1) << "nothing is known any more";
}

TEST(SwitchController, aims_at_what_the_certificate_leaves_of_alpha) {
  SwitchController controller({}, 1);
  controller.serve(good);
  EXPECT_NEAR(controller.target(), 0.85 * 0.05, 1e-12);
  controller.learn(window_of(controller, 10000, 1000, 0));
  const auto after = [&](std::int64_t wrong) {
    controller.book(0, {.accepted = 100000, .audited = 10000, .audited_wrong = wrong});
    return controller.target();
  };
  EXPECT_GT(after(100), 0.05) << "hardly any of the wrong answers allowed were given: more may follow";
  EXPECT_LE(controller.target(), 1.25 * 0.05);
  double last = controller.target();
  for (int step = 0; step < 20; ++step) {
    const double now = after(700);
    EXPECT_LE(now, last);
    last = now;
  }
  EXPECT_EQ(last, 0.2 * 0.05) << "too many were, but answers that are much better are always welcome";
  for (int step = 0; step < 60; ++step) after(10);
  EXPECT_GT(controller.target(), 0.05);
}

TEST(SwitchController, holds_answers_to_less_than_the_tolerance_when_told_to_tighten) {
  SwitchController controller({}, 1);
  controller.serve(good);
  controller.tighten();
  controller.start_afresh({});
  for (int i = 0; i < 300; ++i) controller.record_audit(0.5, 0.6);
  EXPECT_EQ(controller.take_window({}).rows.all().wrong, 300);
}

// Physics costs 10 s a row, an answer 1 s.
Ledger costs(double accepted, double updates = 0.0) {
  return {.physics = 10.0 * (1000.0 - accepted),
          .audit = 0.1 * accepted * 10.0,
          .inference = 1000.0,
          .training = updates,
          .rejected = 1000.0 - accepted,
          .accepted = accepted,
          .audited = 0.1 * accepted,
          .asked = 1000.0,
          .updates = updates};
}

TEST(SwitchController, is_off_when_asking_costs_more_than_it_saves_unless_told_that_cost_does_not_matter) {
  for (const bool veto : {true, false}) {
    SwitchOptions options;
    if (!veto) options.max_overhead.reset();
    SwitchController controller(options, 1);
    controller.serve({});
    // One row in twenty has a score that can be accepted: saves half of a second, costs one.
    for (int i = 0; i < 19 * 400; ++i) controller.record_candidate(5.0);
    for (int i = 0; i < 19 * 200; ++i) controller.record_audit(5.0, 9.0);
    controller.learn(window_of(controller, 400, 200, 0, 0.1, costs(50.0)));
    EXPECT_EQ(controller.standing(), veto ? Standing::cost : Standing::on);
  }
}

TEST(SwitchController, lets_training_spend_its_share_of_what_physics_costs_and_no_more) {
  SwitchOptions options;
  options.max_overhead = 0.1;
  SwitchController controller(options, 1);
  EXPECT_EQ(controller.updates_allowed(40, 2), 40) << "the probe";
  controller.note_updates(40);
  EXPECT_EQ(controller.updates_allowed(40, 2), 0) << "what it cost is not known yet";
  Ledger cost{.physics = 9000.0, .training = 400.0, .rejected = 900.0, .updates = 80.0};
  controller.learn(window_of(controller, 0, 0, 0, 0.5, cost));
  // 900 s allowed, 400 spent: 100 updates at 5 s, 50 for each of the two ranks.
  EXPECT_EQ(controller.updates_allowed(50, 2), 50);
  EXPECT_EQ(controller.updates_allowed(51, 2), 0);
  controller.note_updates(50);
  EXPECT_EQ(controller.updates_allowed(1, 2), 0) << "spent, though not yet booked";
  options.max_overhead.reset();
  EXPECT_EQ(SwitchController(options, 1).updates_allowed(1000000, 2), 1000000);
}

TEST(SwitchController, probes_more_seldom_when_even_that_is_too_expensive) {
  SwitchController controller({}, 1);
  controller.serve({});
  const Ledger dear{.physics = 100.0, .inference = 50.0, .rejected = 10.0, .asked = 5.0};
  int asked = 0;
  for (std::int64_t step = 0; step < 64; ++step) {
    const bool asks = controller.asks(step) == Asking::audited_rows;
    asked += asks;
    controller.learn(window_of(controller, asks ? 10 : 0, asks ? 10 : 0, asks ? 10 : 0, 0.5, dear));
  }
  EXPECT_GE(asked, 3);
  EXPECT_LE(asked, 10);
  EXPECT_EQ(controller.probes(), asked);
}

TEST(SwitchController, repeats_its_verdicts_on_cost_if_prices_are_given) {
  SwitchOptions options;
  options.unit_costs = {.physics = 1.0, .inference = 0.1, .update = 2.0};
  SwitchController controller(options, 1);
  const auto evidence = controller.take_window({.physics = 77.0, .training = 5.0, .rejected = 3.0, .updates = 4.0});
  EXPECT_EQ(evidence.ledger.physics, 3.0);
  EXPECT_EQ(evidence.ledger.training, 8.0);
}

TEST(Evidence, travels_as_one_small_message) {
  SwitchController controller({}, 1);
  const auto sent = window_of(controller, 30, 20, 10, 0.5, {.physics = 2.5, .updates = 7.0});
  Evidence received;
  received.set(sent.message());
  EXPECT_EQ(received.message(), sent.message());
  EXPECT_EQ(received.rows.all().wrong, 10);
  EXPECT_EQ(received.ledger.updates, 7.0);
}

TEST(SwitchController, other_policies_hold_their_threshold_whatever_the_audits_say) {
  const auto bad = make_histogram(5000, [](double) { return 1.0; });
  const auto with = [&](Policy policy) {
    SwitchOptions options;
    options.policy = policy;
    options.threshold = 2.0;
    SwitchController controller(options, 1);
    controller.serve(bad);
    EXPECT_TRUE(controller.commit_test(100, 100));
    controller.learn(window_of(controller, 5000, 5000, 5000));
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
  // 10 rejected rows at 3 s, 50 audits at 1 s; 1000 accepted. Physics alone: 30 + 1000 · 1.
  const Ledger ledger{.physics = 30.0,
                      .audit = 50.0,
                      .inference = 10.0,
                      .training = 200.0,
                      .verification = 99.0,
                      .rejected = 10.0,
                      .accepted = 1000.0,
                      .audited = 50.0};
  EXPECT_DOUBLE_EQ(ledger.spent(), 290.0);
  EXPECT_DOUBLE_EQ(ledger.physics_alone(), 1030.0);
  EXPECT_DOUBLE_EQ(ledger.saved(), 950.0);
  EXPECT_DOUBLE_EQ(ledger.net_speedup(), 1030.0 / 290.0);
  EXPECT_DOUBLE_EQ(ledger.overhead(), 290.0 / 1030.0 - 1.0);
  EXPECT_DOUBLE_EQ(Ledger{}.net_speedup(), 1.0);
}

}  // namespace
}  // namespace bimetal::control
