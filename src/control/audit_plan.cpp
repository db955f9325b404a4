#include "control/audit_plan.hpp"

#include <cmath>

namespace bimetal::control {
namespace {

constexpr double audits_times_alpha = 120.0;

}  // namespace

double audit_chance(double largest, int level) { return std::ldexp(largest, -level); }

std::int64_t audits_wanted(double alpha) { return static_cast<std::int64_t>(std::ceil(audits_times_alpha / alpha)); }

int choose_audit_level(double largest, double alpha, double candidates) {
  const auto wanted = static_cast<double>(audits_wanted(alpha));
  int level = 0;
  while (level + 1 < n_audit_levels && audit_chance(largest, level + 1) * candidates >= wanted) ++level;
  return level;
}

}  // namespace bimetal::control
