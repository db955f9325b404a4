#pragma once

namespace bimetal::control {

/// A row is audited with one of two chances, so that a run's audits fall into two strata of known q: at level 0 the
/// largest that is allowed, until the threshold rests on enough audits, then at level 1 a part `rare` of it.
inline constexpr int n_audit_levels = 2;
inline double audit_chance(double largest, double rare, int level) { return level == 0 ? largest : rare * largest; }

}  // namespace bimetal::control
