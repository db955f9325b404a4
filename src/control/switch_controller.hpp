#pragma once

#include <cstdint>

#include "control/audit_account.hpp"
#include "control/drift_alarm.hpp"
#include "control/evidence.hpp"
#include "control/ledger.hpp"
#include "control/switch_options.hpp"
#include "control/threshold.hpp"
#include "core/archive.hpp"

namespace bimetal::control {

/// Whom the surrogate is asked about in a step.
enum class Asking { nobody, audited_rows, all_rows };

/// A step of an implicit solver asks several times.
enum class Solve { of_new_step, of_same_step };

/// Why the surrogate answers, or does not.
enum class Standing {
  no_version,    // nothing has been promoted yet
  on,            // scores up to the threshold are accepted
  no_threshold,  // no threshold keeps the wrong fraction below its target, as far as is known
  cost,          // asking costs more than the accepted answers save
};
const char* to_string(Standing standing);

/// Decides which answers of the surrogate stand, tosses the audit coins, and weighs the evidence. Knows scores and
/// errors, both in units of the tolerance, and seconds; nothing of physics, networks or ranks: the caller adds up the
/// evidence of a window over ranks and hands it back, so that every rank decides alike. Local.
///
/// Three things keep the wrong fraction below alpha:
///  - the threshold, chosen anew after each window from what is known of the version that serves: its calibration
///    rows and its audits, which fade;
///  - the target that the threshold aims at: what the certificate's own bound leaves of alpha (target());
///  - the commit test, which withdraws the answers of a step whose audits set off the drift alarm. What was known is
///    then forgotten, so that nothing is accepted until new audits give a threshold. If a version is refuted at once
///    after its promotion, it had better be rolled back.
/// None of them is what the certificate rests on: it counts, whatever was decided.
class SwitchController {
 public:
  /// key: of the coins; nothing that a surrogate knows may depend on them before they are tossed.
  SwitchController(const SwitchOptions& options, std::uint64_t key);

  /// New coins: no two solves share any, even if they are of one step.
  void begin_solve(Solve solve = Solve::of_new_step) {
    ++n_solves_;
    if (solve == Solve::of_same_step) return;
    answered_in_step_ = false;
    alarm_.begin_step();
  }
  // One step: whom to ask, whose answer stands, who is audited.
  Asking asks(std::int64_t step) const;
  bool accepts(double score) const { return score <= threshold_in_force(); }
  /// The audit coin of a row. It falls the same way whatever is decided, on any rank: audited rows are a simple
  /// random sample of all rows, accepted or not.
  bool audits(std::int64_t id) const { return coin(id) < audit_chance(); }
  /// The coin of inert and explicit rows, which are many and alike, falls with a tenth of the chance.
  bool audits_inert(std::int64_t id) const;
  int audit_level() const { return level_; }
  double audit_chance() const {
    return control::audit_chance(options_.audit_fraction, options_.rules.rare_audits, level_);
  }

  // This rank's evidence, about rows that passed the gates. Errors are counted as wrong above tightness().
  void record_candidate(double score) { window_.add_candidate(score); }
  void record_audit(double score, double error) { window_.add_audit(score, error > tightness_); }

  /// Whether a step's accepted answers stand, given their own audits (of all ranks).
  bool commit_test(std::int64_t audited, std::int64_t audited_wrong);
  /// What became of a step's answers (of all ranks), at the audit level it began with.
  void book(int level, const AuditStratum& step) { account_.add(level, step); }

  bool window_ends(std::int64_t step) const { return (step + 1) % options_.window == 0; }
  /// This rank's evidence of the window that ends, with what it cost; the caller adds it up over ranks.
  Evidence take_window(const Ledger& cost);
  /// Draws the consequences from the evidence of all ranks.
  void learn(const Evidence& evidence);

  /// A version begins to serve: what is known about another is forgotten; `calibration` (all ranks) is what is known
  /// about this one, from audited rows it was never trained on.
  void serve(const ScoreHistogram& calibration);
  /// The alarm went off in the first step in which the version that serves had answered.
  bool refuted_at_once() const { return refuted_at_once_; }
  /// The serving version stays, but what was known counts no longer, but for what `calibration` says.
  void start_afresh(const ScoreHistogram& calibration);

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

  /// The wrong fraction that thresholds aim at now: such that after a few dozen further windows the certificate's
  /// bound would be a little below alpha. It exceeds alpha where the run has wrong answers to spare, and is lower the
  /// more of them it has had.
  double target() const;
  /// The threshold that this evidence would give now, whatever the policy.
  Threshold threshold_by(const ScoreHistogram& evidence) const {
    return choose_threshold(evidence, target(), options_.confidence);
  }
  Certificate certificate() const { return account_.certificate(options_.confidence); }
  /// Of all ranks, as of the last evidence.
  const Ledger& ledger() const { return ledger_; }
  std::int64_t alarms() const { return alarms_; }
  std::int64_t probes() const { return probes_; }

  void persist(const core::Archive& archive);

 private:
  double coin(std::int64_t id) const;
  void forget();
  void choose();
  void space_probes();
  bool cost_matters() const { return rule_.by_evidence() && options_.max_overhead; }

  SwitchOptions options_;
  AcceptanceRule rule_;
  std::uint64_t key_;
  std::uint64_t n_solves_ = 0;
  DriftAlarm alarm_;

  // What is known.
  ScoreHistogram window_;  // this rank, unfinished
  ScoreHistogram known_;   // all ranks, about the version that serves; fades
  AuditAccount account_;   // of the run
  double active_ = 0.0;    // rows a window that could have been accepted, all ranks
  Ledger ledger_;
  std::int64_t updates_done_ = 0;  // by each rank
  std::int64_t epoch_ = 0;
  bool answered_in_step_ = false;
  std::int64_t n_answered_ = 0;  // steps since the promotion in which answers were accepted and audited

  // What follows.
  Standing standing_ = Standing::no_version;
  Threshold threshold_;
  double tightness_ = 1.0;
  int level_ = 0;                 // of the audits
  std::int64_t probe_every_ = 1;  // windows
  bool refuted_at_once_ = false;
  std::int64_t alarms_ = 0;
  std::int64_t probes_ = 0;
};

}  // namespace bimetal::control
