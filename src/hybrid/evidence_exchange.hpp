#pragma once

#include "control/evidence.hpp"
#include "control/switch_controller.hpp"
#include "core/archive.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::hybrid {

/// Brings what the ranks learn in a window to all of them. The sums of a window set out at its end and are taken at
/// the end of the next one, so that nobody waits for them.
class EvidenceExchange {
 public:
  explicit EvidenceExchange(parallel::Communicator comm) : comm_(std::move(comm)) {}

  /// What this rank has spent in the window. Local.
  void spend(const control::Ledger& cost) { cost_.add(cost); }

  /// At the end of a window: the controller learns from the sums that have arrived and hands over what is to set out.
  /// Collective.
  void exchange(control::SwitchController& controller);

  /// A sum that is under way is waited for: it is then as good as one that will arrive. Collective.
  void persist(const core::Archive& archive);

 private:
  parallel::Communicator comm_;
  control::Ledger cost_;        // of the window
  control::Evidence evidence_;  // that is under way, as far as all ranks know it alike
  parallel::PendingSum sum_;    // of the rest
};

}  // namespace bimetal::hybrid
