#pragma once

#include <cstdint>

namespace bimetal::control {

/// The constants of the switching. docs/switching.md says what halving and doubling each of them does, as
/// tests/benchmarks/switching measures it; none is for users to choose.
struct SwitchRules {
  // The target, in parts of alpha: what the certificate's bound is to become, and how far from that a target may be;
  double aimed = 0.85;
  double least_target = 0.2;
  double largest_target = 1.25;
  // in which time: so many windows, and at least as many rows as hold so many wrong answers that audits find.
  double windows_ahead = 24.0;
  double findings_ahead = 100.0;

  // A threshold: at how many quantiles of the candidates' scores it is looked for, and how many audits it needs.
  double tries = 25.0;
  double least_audits = 100.0;

  // Audits: how many, times alpha, a threshold should rest on. A share of wrong answers of 0.77 alpha then still has
  // a Clopper-Pearson bound below alpha after the union bound (2.9 standard deviations of sqrt(0.77 alpha / n)). And
  // what is left of the chance of an audit once there are as many.
  double enough_audits = 120.0;
  double rare_audits = 0.3;

  // The alarm: steps between two false ones, on average at least; and the first steps of a version, in which it makes
  // the version before serve again.
  double steps_between_false_alarms = 2000.0;
  std::int64_t first_steps = 2;
};

}  // namespace bimetal::control
