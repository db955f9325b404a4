#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "control/certificate.hpp"
#include "core/archive.hpp"

namespace bimetal::control {

/// A row is audited with one of two chances, so that a run's audits fall into two strata of known q: at level 0 the
/// largest that is allowed, until the threshold rests on enough audits, then at level 1 a part `rare` of it.
inline constexpr int n_audit_levels = 2;
inline double audit_chance(double largest, double rare, int level) { return level == 0 ? largest : rare * largest; }

/// All accepted answers of a run and what their audits found, by the chance of an audit. Local.
class AuditAccount {
 public:
  AuditAccount(double largest_chance, double rare) {
    for (int level = 0; level < n_audit_levels; ++level) at(level).q = audit_chance(largest_chance, rare, level);
  }

  /// The counts of a step, of all ranks; their q is that of the level.
  void add(int level, const AuditStratum& step) {
    auto& stratum = at(level);
    stratum.accepted += step.accepted;
    stratum.audited += step.audited;
    stratum.audited_wrong += step.audited_wrong;
    stratum.withdrawn_wrong += step.withdrawn_wrong;
    stratum.withdrawn_found += step.withdrawn_found;
  }

  double accepted() const {
    double sum = 0.0;
    for (const auto& stratum : strata_) sum += static_cast<double>(stratum.accepted);
    return sum;
  }
  double wrong_upper_bound(double confidence) const { return control::wrong_upper_bound(strata_, confidence); }
  Certificate certificate(double confidence) const { return certify(strata_, confidence); }

  void persist(const core::Archive& archive) {
    for (int level = 0; level < n_audit_levels; ++level) {
      auto& stratum = at(level);
      const auto part = archive.in(std::to_string(level));
      part.alike("accepted", stratum.accepted);
      part.alike("audited", stratum.audited);
      part.alike("audited_wrong", stratum.audited_wrong);
      part.alike("withdrawn_wrong", stratum.withdrawn_wrong);
      part.alike("withdrawn_found", stratum.withdrawn_found);
    }
  }

 private:
  AuditStratum& at(int level) { return strata_[static_cast<std::size_t>(level)]; }

  std::array<AuditStratum, n_audit_levels> strata_;
};

}  // namespace bimetal::control
