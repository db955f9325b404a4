#include "control/drift_alarm.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace bimetal::control {
namespace {

double risen(double alpha) { return std::min(2.0 * alpha, 0.5 * (1.0 + alpha)); }

}  // namespace

DriftAlarm::DriftAlarm(double alpha, double windows_between_false_alarms)
    : log_ratio_right_(std::log((1.0 - risen(alpha)) / (1.0 - alpha))),
      log_ratio_wrong_(std::log(risen(alpha) / alpha)),
      highest_(windows_between_false_alarms) {
  EXPECT(0.0 < alpha && alpha < 1.0);
}

bool DriftAlarm::hears(std::int64_t audits, std::int64_t wrong) {
  EXPECT(0 <= wrong && wrong <= audits);
  if (audits == 0) return false;
  const double log_ratio =
      static_cast<double>(wrong) * log_ratio_wrong_ + static_cast<double>(audits - wrong) * log_ratio_right_;
  statistic_ = (1.0 + statistic_) * std::exp(std::min(log_ratio, 100.0));
  if (statistic_ < highest_) return false;
  reset();
  return true;
}

}  // namespace bimetal::control
