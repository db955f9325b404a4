#pragma once

#include <cstdint>

namespace bimetal::control {

/// The chances q of an audit come in levels, each half of the one before, so that a run's audits fall into a few
/// strata of known q: audit_chance(largest, level) = largest / 2^level.
inline constexpr int n_audit_levels = 8;
double audit_chance(double largest, int level);

/// How many audits a threshold should rest on: n = 120 / alpha. A share of wrong answers of 0.77 alpha then still has
/// a Clopper–Pearson bound below alpha after the union bound (2.9 standard deviations of sqrt(0.77 alpha / n)); more
/// audits would gain little acceptance, fewer would cost much. Local.
std::int64_t audits_wanted(double alpha);

/// The highest level (smallest q) at which `candidates` rows are expected to give audits_wanted(alpha) audits. What a
/// threshold needs is a count: the share falls as batches grow. Local.
int choose_audit_level(double largest, double alpha, double candidates);

}  // namespace bimetal::control
