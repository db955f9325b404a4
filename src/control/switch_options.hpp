#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "control/ledger.hpp"
#include "control/switch_rules.hpp"

namespace bimetal::control {

enum class Policy {
  certified,  // the threshold follows from the tolerance by audits
  threshold,  // a fixed score, as other frameworks do; audited all the same
  always,     // every answer that is physical
  never,      // pure physics
};
inline constexpr std::pair<const char*, Policy> policies[] = {{"certified", Policy::certified},
                                                              {"threshold", Policy::threshold},
                                                              {"always", Policy::always},
                                                              {"never", Policy::never}};

/// What a policy does, so that nobody else needs to ask which it is.
struct AcceptanceRule {
  bool asks_surrogate = true;           // at all
  std::optional<double> fixed_score{};  // accepted up to there; nothing: as far as the evidence goes, and no further

  bool by_evidence() const { return !fixed_score; }
};

struct SwitchOptions {
  Policy policy = Policy::certified;
  double tolerance = 1e-3;       // of one answer: max_k |delta_k| / (tolerance · scale_k) > 1 is wrong; > 0
  double wrong_fraction = 0.05;  // alpha: share of accepted answers that may be wrong; in (0, 1)
  double confidence = 0.95;      // 1 - delta, of thresholds and certificate; in (0, 1)
  std::optional<double> max_overhead = 0.05;  // beta: how much slower than pure physics the run may be, one probe
                                              // aside; none: whatever it costs; >= 0
  double audit_fraction = 0.1;                // the largest chance that a row is audited; in (0, 1]
  double threshold = 1.0;                     // policy `threshold`: accept up to this score [tolerances]; > 0
  std::int64_t window = 1;                    // steps between two exchanges of evidence; >= 1
  std::int64_t memory = 48;                   // windows in which evidence fades to a part 1/e; >= 1
  std::optional<double> run_tolerance;        // of the error that accumulates over the run, in scales; > 0
  std::optional<UnitCosts> unit_costs;        // what the ledger's verdicts go by, instead of measured seconds
  SwitchRules rules;

  AcceptanceRule acceptance_rule() const {
    switch (policy) {
      case Policy::threshold: return {.fixed_score = threshold};
      case Policy::always: return {.fixed_score = std::numeric_limits<double>::infinity()};
      case Policy::never: return {.asks_surrogate = false, .fixed_score = -1.0};
      case Policy::certified: break;
    }
    return {};
  }
};

}  // namespace bimetal::control
