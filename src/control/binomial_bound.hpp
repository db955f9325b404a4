#pragma once

#include <cstdint>

namespace bimetal::control {

/// One-sided Clopper–Pearson bounds on the probability behind k successes in n independent trials: each holds with
/// probability at least `confidence`, for every n and every true value (Clopper & Pearson, Biometrika 26 (1934)
/// 404). Without trials nothing is known: upper 1, lower 0. Local.
double clopper_pearson_upper(std::int64_t k, std::int64_t n, double confidence);
double clopper_pearson_lower(std::int64_t k, std::int64_t n, double confidence);

}  // namespace bimetal::control
