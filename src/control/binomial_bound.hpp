#pragma once

namespace bimetal::control {

/// One-sided Clopper–Pearson upper bound on the probability behind k successes in n independent trials: it holds with
/// probability at least `confidence`, for every n and every true value (Clopper & Pearson, Biometrika 26 (1934) 404).
/// Without trials nothing is known: 1. Counts that were partly forgotten need not be whole numbers. Local.
double clopper_pearson_upper(double k, double n, double confidence);

}  // namespace bimetal::control
