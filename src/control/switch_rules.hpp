#pragma once

#include <cstdint>

namespace bimetal::control {

/// The constants of the switching, beside audit_fraction and memory, which are options. docs/switching.md says what
/// halving and doubling each of them does and what becomes of a run without it, as tests/benchmarks/switching
/// measures it.
struct SwitchRules {
  // The target, in parts of alpha: what the certificate's bound is to become, and how far from that a target may be;
  double aimed = 0.85;
  double least_target = 0.2;
  double largest_target = 1.25;
  // in which time: so many windows, and at least as many rows as hold so many wrong answers that audits find.
  double windows_ahead = 24.0;
  double findings_ahead = 100.0;

  // Audits: how many, times alpha, a threshold should rest on. A share of wrong answers of 0.77 alpha then still has
  // a Clopper-Pearson bound below alpha after the union bound (2.8 standard deviations of sqrt(0.77 alpha / n)). What
  // is left of the chance of an audit once there are as many; and what inert and explicit rows get of it.
  double enough_audits = 120.0;
  double rare_audits = 0.3;
  double inert_audits = 0.1;

  double steps_between_false_alarms = 2000.0;  // on average at least

  std::int64_t longest_pause = 64;  // windows between two probes of a surrogate that is off for its cost
};

}  // namespace bimetal::control
