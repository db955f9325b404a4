#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <span>

#include "control/certificate.hpp"
#include "control/score_histogram.hpp"
#include "control/switch_options.hpp"
#include "control/threshold.hpp"

namespace bimetal::control {

/// What became of the rows.
struct RowCounts {
  std::int64_t total = 0;
  std::int64_t inert = 0;
  std::int64_t accepted = 0;  // audited ones among them
  std::int64_t rejected = 0;  // of these `gated` by a physical gate
  std::int64_t gated = 0;
  std::int64_t audited = 0;
  std::int64_t audited_wrong = 0;
  std::int64_t inert_audited = 0;
  std::int64_t inert_wrong = 0;
  std::int64_t verified = 0;  // accepted rows whose truth is known because the user asked for it
  std::int64_t verified_wrong = 0;

  /// All of them in a row, to be summed over ranks, and back.
  using Array = std::array<std::int64_t, 11>;
  Array to_array() const { return std::bit_cast<Array>(*this); }
  static RowCounts from_array(const Array& values) { return std::bit_cast<RowCounts>(values); }
  void add(const RowCounts& other);
};

/// Decides which answers of the surrogate stand, tosses the audit coins, and keeps the evidence. Knows scores and
/// errors, both in units of the tolerance, and nothing of physics, networks or ranks: the caller sums the counts of
/// a window over ranks and hands them back, so that every rank holds the same threshold. Local.
///
/// Audits of the past bound the wrong fraction of the past; a flow that changes meets the threshold with answers that
/// are worse than those it was chosen by. So the target the threshold aims at follows what was seen: after each
/// window target += correction · (0.8 alpha - wrong share of its audited accepted answers), kept between a twentieth
/// of alpha and alpha (adaptive conformal inference: Gibbs & Candès, NeurIPS 34 (2021) 1660, eq. 2).
class SwitchController {
 public:
  SwitchController(const SwitchOptions& options, std::uint64_t seed);

  /// Whether the answer with this score stands.
  bool accepts(double score) const { return score <= threshold_.score; }

  /// The audit coin of a row. It falls the same way whatever is decided, on any rank: audited rows are a simple
  /// random sample of all rows, accepted or not.
  bool audits(std::int64_t step, std::int64_t id) const;
  /// The same for inert rows, which are many and alike: a tenth of the chance.
  bool audits_inert(std::int64_t step, std::int64_t id) const;

  // This rank's evidence of the current window, about rows that passed the gates.
  void record_candidate(double score) { window_.add_candidate(score); }
  void record_audit(double score, double error) { window_.add_audit(score, error > 1.0); }

  bool window_ends(std::int64_t step) const { return (step + 1) % options_.window == 0; }
  /// This rank's counts of the window, for the caller to sum over ranks in place before close_window().
  std::span<std::int64_t> window_counts() { return window_.counts(); }
  void close_window();

  /// A new version serves: what is known about the old one is forgotten; `calibration` (summed over ranks) is what is
  /// known about the new one, from audited rows it was never trained on.
  void restart(const ScoreHistogram& calibration);

  const Threshold& threshold() const { return threshold_; }
  /// The wrong fraction thresholds aim at now: alpha less what the slow correction takes off.
  double target() const { return target_; }

 private:
  void correct_target();
  void update_threshold();

  SwitchOptions options_;
  std::uint64_t seed_;
  ScoreHistogram window_;              // this rank, unfinished
  std::deque<ScoreHistogram> memory_;  // all ranks, the last windows of this version
  Threshold threshold_;
  double target_;
};

}  // namespace bimetal::control
