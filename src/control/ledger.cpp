#include "control/ledger.hpp"

#include <algorithm>

namespace bimetal::control {
namespace {

/// Fewer audits say little about a mean cost.
constexpr double enough_audits = 30.0;

}  // namespace

void Ledger::add(const Ledger& other) {
  Array sum = to_array();
  const Array more = other.to_array();
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
  *this = from_array(sum);
}

Ledger Ledger::priced(const UnitCosts& costs) const {
  return {.physics = rejected * costs.physics,
          .audit = audited * costs.physics,
          .inference = asked * costs.inference,
          .training = updates * costs.update,
          .rejected = rejected,
          .accepted = accepted,
          .audited = audited,
          .asked = asked,
          .updates = updates};
}

double Ledger::physics_per_row() const {
  if (audited >= enough_audits) return audit / audited;
  const double rows = rejected + audited;
  return rows > 0.0 ? (physics + audit) / rows : 0.0;
}

bool asking_pays(const Ledger& so_far, double acceptance, double q) {
  return so_far.inference_per_row() <= acceptance * (1.0 - q) * so_far.physics_per_row();
}

double affordable_updates(const Ledger& so_far, double max_overhead) {
  if (so_far.updates == 0.0) return 0.0;
  const double left = (1.0 + max_overhead) * so_far.physics_alone() - so_far.spent();
  return std::max(0.0, left / so_far.training_per_update());
}

}  // namespace bimetal::control
