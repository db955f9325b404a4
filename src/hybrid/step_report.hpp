#pragma once

#include <cstdint>

#include "control/ledger.hpp"
#include "control/row_counts.hpp"
#include "control/switch_controller.hpp"

namespace bimetal::hybrid {

/// What one step did; the counts are sums over ranks, the seconds are this rank's.
struct StepReport {
  control::RowCounts rows;
  control::Ledger seconds;
  control::Standing standing = control::Standing::no_version;
  std::int32_t version = -1;  // of the surrogate, the one asked in this step; -1: none
  double threshold = -1.0;    // the one used in this step [tolerances]; -1: nothing was accepted
  double audit_chance = 0.0;  // of active rows
  int audit_level = 0;        // the same as a level of the audit plan
  bool withdrawn = false;     // audits refuted the accepted answers: physics gave all of them
  double loss = 0.0;          // of the last training round, after it or elsewhere; 0 without one

  /// Another batch of the same iteration, to which the same standing, threshold and chance apply.
  void add(const StepReport& other) {
    rows.add(other.rows);
    seconds.add(other.seconds);
    withdrawn = withdrawn || other.withdrawn;
  }
};

}  // namespace bimetal::hybrid
