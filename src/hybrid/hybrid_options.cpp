#include "hybrid/hybrid_options.hpp"

#include <algorithm>
#include <cmath>

namespace bimetal::hybrid {

std::int64_t updates_due(const TrainingSchedule& schedule, double accepted_share) {
  if (schedule.placement != Placement::in_situ) return 0;
  const double effort = std::clamp(2.0 * (1.0 - accepted_share), schedule.idle_share, 1.0);
  return static_cast<std::int64_t>(std::ceil(effort * static_cast<double>(schedule.updates_per_step)));
}

}  // namespace bimetal::hybrid
