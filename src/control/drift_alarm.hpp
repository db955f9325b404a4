#pragma once

#include <cstdint>

#include "core/archive.hpp"

namespace bimetal::control {

/// Watches the outcomes of audits for a rise of the wrong share from alpha to twice alpha, by the procedure of
/// Shiryaev (Theory Probab. Appl. 8 (1963) 22) and Roberts (Technometrics 8 (1966) 411): after each step of n
/// audits with k wrong ones, R = (1 + R) · L, with L the ratio of the likelihoods of k after and before the rise. As
/// long as answers are wrong with probability alpha or less, R - (number of steps) has no upward drift, so that the
/// mean time between false alarms is at least that asked for; and no other rule of that kind finds a
/// rise sooner on average (Pollak & Tartakovsky, Stat. Sin. 19 (2009) 1729).
///
/// The batches of a step answer nearly the same rows, so that their audits are no independent evidence. L is then the
/// geometric mean of the ratios of the batches so far. After a fixed number of batches its expectation before a rise
/// is at most 1 (Hölder's inequality). The alarm looks after every batch, for which that is no proof:
/// docs/decisions.md has measured times between false alarms. Local.
class DriftAlarm {
 public:
  DriftAlarm(double alpha, double steps_between_false_alarms);

  void begin_step();
  /// Takes the audits of a batch; whether the alarm goes off, which also resets it.
  bool hears(std::int64_t audits, std::int64_t wrong);
  void reset();

  /// Between two steps.
  void persist(const core::Archive& archive) { archive.alike("statistic", statistic_); }

 private:
  double log_ratio_right_;  // of a right answer
  double log_ratio_wrong_;  // of a wrong one
  double highest_;          // statistic that is no alarm
  double statistic_ = 0.0;

  // These belong to the step that is under way.
  double statistic_before_ = 0.0;
  double log_ratio_ = 0.0;  // sum over the batches with audits
  int n_batches_ = 0;       // with audits
};

}  // namespace bimetal::control
