#include "control/drift_alarm.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace bimetal::control {
namespace {

double risen(double alpha) { return std::min(2.0 * alpha, 0.5 * (1.0 + alpha)); }

}  // namespace

DriftAlarm::DriftAlarm(double alpha, double steps_between_false_alarms)
    : log_ratio_right_(std::log((1.0 - risen(alpha)) / (1.0 - alpha))),
      log_ratio_wrong_(std::log(risen(alpha) / alpha)),
      highest_(steps_between_false_alarms) {
  EXPECT(0.0 < alpha && alpha < 1.0);
}

void DriftAlarm::begin_step() {
  statistic_before_ = statistic_;
  log_ratio_ = 0.0;
  n_batches_ = 0;
}

void DriftAlarm::reset() {
  statistic_ = 0.0;
  begin_step();
}

bool DriftAlarm::hears(std::int64_t audits, std::int64_t wrong) {
  EXPECT(0 <= wrong && wrong <= audits);
  if (audits == 0) return false;
  log_ratio_ +=
      static_cast<double>(wrong) * log_ratio_wrong_ + static_cast<double>(audits - wrong) * log_ratio_right_;
  ++n_batches_;
  statistic_ = (1.0 + statistic_before_) * std::exp(std::min(log_ratio_ / n_batches_, 100.0));
  if (statistic_ < highest_) return false;
  reset();
  return true;
}

}  // namespace bimetal::control
