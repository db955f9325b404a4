#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "control/certificate.hpp"
#include "control/switch_controller.hpp"

namespace bimetal::control::harness {

/// A stand-in for surrogate and flow: in every step a batch of rows, each with a score drawn from a log-normal
/// distribution and an answer that is wrong with a probability which the harness knows and the controller does not.
struct Surrogate {
  /// P(wrong | log10 of the score, progress of the run in [0, 1], steps since the version was promoted).
  std::function<double(double, double, double)> wrong;
};

inline double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// error = bias · score · exp(spread · normal), wrong above 1.
inline double informative(double log_score, double bias, double spread = 0.6) {
  return normal_cdf((log_score * std::log(10.0) + std::log(bias)) / spread);
}

/// What the scores are: equally likely classes of a log-normal distribution.
class Scores {
 public:
  static constexpr int n = 1024;
  Scores(double median, double decades) {
    for (int i = 0; i < n; ++i) {
      // The normal quantile by bisection; this runs once.
      double low = -9.0, high = 9.0;
      for (int k = 0; k < 60; ++k) (normal_cdf(0.5 * (low + high)) < (i + 0.5) / n ? low : high) = 0.5 * (low + high);
      log_score_.push_back(std::log10(median) + decades * low);
      score_.push_back(std::pow(10.0, log_score_.back()));
    }
  }
  double log_score(int i) const { return log_score_[static_cast<std::size_t>(i)]; }
  double score(int i) const { return score_[static_cast<std::size_t>(i)]; }

  /// The share of rows below the largest threshold whose wrong fraction is alpha: nobody can do better with this
  /// score.
  double oracle(const Surrogate& surrogate, double alpha) const {
    double wrong = 0.0;
    int best = 0;
    for (int i = 0; i < n; ++i) {
      wrong += surrogate.wrong(log_score(i), 0.0, 0.0);
      if (wrong <= alpha * (i + 1)) best = i + 1;
    }
    return static_cast<double>(best) / n;
  }

 private:
  std::vector<double> log_score_, score_;
};

/// splitmix64: fast, and good enough for rows.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 12345) {}
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  struct Row {
    int score;
    double luck;  // uniform
  };
  Row row() {
    const auto b = bits();
    return {static_cast<int>(b >> 54), static_cast<double>(b & ((1ULL << 53) - 1)) * 0x1p-53};
  }

 private:
  std::uint64_t state_;
};

struct Plan {
  Scores scores{0.3, 0.5};
  Surrogate first;
  Surrogate second;  // promoted half-way, on calibration rows that behave like the first; if there is one
  std::int64_t promote_every = 0;  // steps between fresh versions of the first, on calibration rows like it; 0: never
  std::int64_t steps = 600;
  std::int64_t rows = 4000;  // a step
  std::int64_t calibration = 2000;
};

struct Outcome {
  std::int64_t rows = 0, accepted = 0, wrong = 0, audited = 0, withdrawn = 0, rolled_back = 0;
  std::int64_t alarms = 0;
  Certificate certificate;
  bool covered = true;  // the bound was never below the truth, whenever one looked
  double wrong_fraction() const {
    return accepted > 0 ? static_cast<double>(wrong) / static_cast<double>(accepted) : 0;
  }
  double acceptance() const { return static_cast<double>(accepted) / static_cast<double>(rows); }
};

inline ScoreHistogram calibrate(const Plan& plan, Random& random, std::int64_t n) {
  ScoreHistogram histogram;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto row = random.row();
    histogram.add_candidate(plan.scores.score(row.score));
    histogram.add_audit(plan.scores.score(row.score),
                        row.luck < plan.first.wrong(plan.scores.log_score(row.score), 0.0, 0.0));
  }
  return histogram;
}

constexpr std::int64_t steps_between_looks = 5;

/// Runs the controller over the plan, as the hybrid does: ask, accept, audit, test, commit; evidence arrives a window
/// late.
inline Outcome run(const Plan& plan, const SwitchOptions& options, std::uint64_t seed) {
  Random random(seed);
  SwitchController controller(options, seed);
  controller.serve(calibrate(plan, random, plan.calibration));
  Outcome outcome;
  Evidence in_flight;
  bool flying = false, second_serves = false;
  std::int64_t promoted = 0;
  std::vector<double> p(Scores::n);
  for (std::int64_t step = 0; step < plan.steps; ++step) {
    const double progress = static_cast<double>(step) / static_cast<double>(plan.steps);
    const bool to_second = plan.second.wrong && step == plan.steps / 2;
    if (to_second || (plan.promote_every > 0 && step > 0 && step % plan.promote_every == 0)) {
      controller.serve(calibrate(plan, random, plan.calibration));
      second_serves = to_second;
      promoted = step;
    }
    for (int i = 0; i < Scores::n; ++i)
      p[static_cast<std::size_t>(i)] =
          (second_serves ? plan.second : plan.first)
              .wrong(plan.scores.log_score(i), progress, static_cast<double>(step - promoted));

    controller.begin_solve();
    const auto asking = controller.asks(step);
    AuditStratum now;
    std::int64_t wrong = 0;
    for (std::int64_t id = 0; id < plan.rows; ++id) {
      const auto row = random.row();
      const bool audited = controller.audits(id);
      if (asking == Asking::nobody || (asking == Asking::audited_rows && !audited)) continue;
      const double score = plan.scores.score(row.score);
      const bool is_wrong = row.luck < p[static_cast<std::size_t>(row.score)];
      controller.record_candidate(score);
      if (audited) controller.record_audit(score, is_wrong ? 2.0 : 0.5);
      if (!controller.accepts(score)) continue;
      ++now.accepted;
      wrong += is_wrong;
      now.audited += audited;
      now.audited_wrong += audited && is_wrong;
    }
    const int level = controller.audit_level();
    outcome.rows += plan.rows;
    outcome.audited += now.audited;
    if (controller.commit_test(now.audited, now.audited_wrong)) {
      outcome.accepted += now.accepted;
      outcome.wrong += wrong;
      controller.book(level, now);
    } else {
      outcome.withdrawn += now.accepted;
      controller.book(level, {.withdrawn_wrong = wrong, .withdrawn_found = now.audited_wrong});
    }
    if (step % steps_between_looks == 0 || step + 1 == plan.steps)
      outcome.covered = outcome.covered && outcome.wrong_fraction() <= controller.certificate().upper_bound;
    if (controller.window_ends(step)) {
      if (flying) controller.learn(in_flight);
      in_flight = controller.take_window({.rejected = 1.0});
      flying = true;
    }
    if (second_serves && controller.refuted_at_once()) {
      controller.serve({});
      second_serves = false;
      ++outcome.rolled_back;
    }
  }
  outcome.alarms = controller.alarms();
  outcome.certificate = controller.certificate();
  return outcome;
}

}  // namespace bimetal::control::harness
