#pragma once

#include <cstdint>
#include <deque>

#include "control/audit_plan.hpp"
#include "control/drift_alarm.hpp"
#include "control/evidence.hpp"
#include "control/ledger.hpp"
#include "control/switch_options.hpp"
#include "control/threshold.hpp"
#include "core/archive.hpp"

namespace bimetal::control {

/// Whom the surrogate is asked about in a step.
enum class Asking { nobody, audited_rows, all_rows };

/// Why the surrogate answers, or does not.
enum class Standing {
  no_version,    // nothing has been promoted yet
  on,            // scores up to the threshold are accepted
  no_threshold,  // no threshold keeps the wrong fraction below its target, as far as is known
  drift,         // audits said that answers have become worse; off for a while
  cost,          // asking costs more than the accepted answers save
};
const char* to_string(Standing standing);

/// Decides which answers of the surrogate stand, tosses the audit coins, and weighs the evidence. Knows scores and
/// errors, both in units of the tolerance, and seconds; nothing of physics, networks or ranks: the caller adds up the
/// evidence of a window over ranks and hands it back, so that every rank decides alike. Local.
///
/// What keeps the wrong fraction below alpha:
///  - the threshold, chosen anew after each window from the audits of the last ones;
///  - the correction of the target that it aims at: after each step target += correction · (0.8 alpha - wrong share
///  of
///    its accepted audits), between a twentieth of alpha and alpha (adaptive conformal inference: Gibbs & Candès,
///    NeurIPS 34 (2021) 1660, eq. 2; audits are its intermittent labels), and half of it after an alarm. It outlives
///    versions: a calibration that promises too much once will do so again;
///  - the allowance of the whole run: the nearer its wrong fraction so far comes to alpha, the lower the target;
///  - the commit test, which withdraws the answers of a step whose own audits refute alpha, and with it the drift
///    alarm, which hears a smaller rise that lasts. Both switch off for a while, doubled each time, and forget what was
///    known.
class SwitchController {
 public:
  SwitchController(const SwitchOptions& options, std::uint64_t seed);

  // One step: whom to ask, whose answer stands, who is audited.
  Asking asks(std::int64_t step) const;
  bool accepts(double score) const { return score <= threshold_in_force(); }
  /// The audit coin of a row. It falls the same way whatever is decided, on any rank: audited rows are a simple
  /// random sample of all rows, accepted or not.
  bool audits(std::int64_t step, std::int64_t id) const;
  /// The coin of inert and explicit rows, which are many and alike, falls with a tenth of the chance.
  bool audits_inert(std::int64_t step, std::int64_t id) const;
  int audit_level() const { return level_; }
  double audit_chance() const { return control::audit_chance(options_.audit_fraction, level_); }

  // This rank's evidence, about rows that passed the gates. Errors are counted as wrong above tightness().
  void record_candidate(double score) { window_.add_candidate(score); }
  void record_audit(double score, double error) { window_.add_audit(score, error > tightness_); }

  /// The commit test: whether a step's accepted answers stand, given their own audits (of all ranks). They do not if
  /// these refute alpha by the Clopper–Pearson lower bound at a hundredth of delta, or set off the drift alarm; the
  /// surrogate is then off.
  bool stand(std::int64_t step, std::int64_t audited, std::int64_t audited_wrong);
  /// Something else than audits says that the answers are no good: off.
  void distrust(std::int64_t step) { turn_off(step); }

  bool window_ends(std::int64_t step) const { return (step + 1) % options_.window == 0; }
  /// This rank's evidence of the window that ends, with what it cost; the caller adds it up over ranks.
  Evidence take_window(const Ledger& cost);
  /// Draws the consequences from the evidence of all ranks.
  void learn(const Evidence& evidence, std::int64_t step);

  /// A version begins to serve: what is known about another is forgotten; `calibration` (all ranks) is what is known
  /// about this one, from audited rows it was never trained on. At first it is on trial.
  void serve(const ScoreHistogram& calibration);
  /// Whether audits refuted the serving version while it was on trial, or never gave it a threshold: better roll it
  /// back.
  bool trial_failed() const { return trial_failed_; }

  /// The serving version stays, but its scores mean something new: what was known counts no longer, but for what
  /// `calibration` says.
  void start_afresh(const ScoreHistogram& calibration, std::int64_t step);

  /// Asks twice as much of every answer: the tolerance halves as far as decisions go. To be followed by
  /// start_afresh().
  void tighten() { tightness_ *= 0.5; }
  /// The part of the tolerance that answers are held to; 1 as long as errors do not accumulate beyond run_tolerance.
  double tightness() const { return tightness_; }

  /// Gradient steps that each of the ranks may do now, of those wanted, without breaking max_overhead. The first
  /// round is free: it is the probe that tells what training costs.
  std::int64_t updates_allowed(std::int64_t wanted, int n_ranks) const;
  void note_updates(std::int64_t done) { updates_done_ += done; }

  Standing standing() const { return standing_; }
  const Threshold& threshold() const { return threshold_; }
  double threshold_in_force() const { return standing_ == Standing::on ? threshold_.score : -1.0; }
  /// The wrong fraction thresholds aim at now: alpha less what the correction takes off, and what the run used up.
  double target() const;
  /// Of all ranks, as of the last evidence.
  const Ledger& ledger() const { return ledger_; }
  std::int64_t alarms() const { return alarms_; }
  std::int64_t probes() const { return probes_; }

  void persist(const core::Archive& archive);

 private:
  void remember(const Evidence& evidence);
  void correct_target(double seen);
  void grow_careful(double share);
  void raise_alarm(std::int64_t step);
  void turn_off(std::int64_t step);
  void forget();
  void choose(std::int64_t step);
  void size_audits();
  void space_probes();
  bool certified() const { return options_.policy == Policy::certified; }

  SwitchOptions options_;
  std::uint64_t seed_;
  DriftAlarm alarm_;

  // What is known.
  ScoreHistogram window_;              // this rank, unfinished
  std::deque<ScoreHistogram> memory_;  // all ranks, the last windows of this version
  double answers_ = 0.0;               // accepted in the run, as its audits estimate,
  double wrong_answers_ = 0.0;         // and the wrong ones among them
  double active_ = 0.0;                // rows a window that could have been accepted, all ranks
  Ledger ledger_;
  std::int64_t updates_done_ = 0;  // by each rank
  std::int64_t epoch_ = 0;
  std::int64_t n_windows_ = 0;  // since the last fresh start
  std::int64_t n_on_ = 0;       // steps on since then

  // What follows.
  Standing standing_ = Standing::no_version;
  Threshold threshold_;
  double target_;
  double tightness_ = 1.0;
  int level_ = 0;                 // of the audits
  std::int64_t off_until_ = 0;    // step
  std::int64_t off_windows_;      // how long the next alarm switches off
  std::int64_t probe_every_ = 1;  // windows
  bool on_trial_ = false;
  bool trial_failed_ = false;
  std::int64_t alarms_ = 0;
  std::int64_t probes_ = 0;
};

}  // namespace bimetal::control
