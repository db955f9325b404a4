#pragma once

#include <cmath>

namespace bimetal::control {

/// A row is audited with one of two chances, so that a run's audits fall into two strata of known q: at level 0 the
/// largest that is allowed, until the threshold rests on enough audits, then at level 1 less than a third of it.
inline constexpr int n_audit_levels = 2;
inline double audit_chance(double largest, int level) { return level == 0 ? largest : 0.3 * largest; }

/// How many audits a threshold should rest on: n = 120 / alpha. A share of wrong answers of 0.77 alpha then still has
/// a Clopper–Pearson bound below alpha after the union bound (2.9 standard deviations of sqrt(0.77 alpha / n)); more
/// audits would gain little acceptance, fewer would cost much.
inline double audits_wanted(double alpha) { return std::ceil(120.0 / alpha); }

}  // namespace bimetal::control
