// What of the hybrid outlives a step, and so a restart.
#include "core/timer.hpp"
#include "hybrid/hybrid_solver.hpp"

namespace bimetal::hybrid {
namespace {

/// On another number of ranks the first takes over what all have spent.
void persist_costs(const core::Archive& archive, std::string_view name, control::Ledger& costs) {
  auto values = costs.to_array();
  archive.sums(name, std::span(values));
  costs = control::Ledger::from_array(values);
}

}  // namespace

void HybridSolver::Calibration::persist(const core::Archive& archive) {
  predicted_error.persist(archive.in("predicted_error"));
  disagreement.persist(archive.in("disagreement"));
  archive.alike("fitted", fitted);
}

void HybridSolver::settle() {
  core::ScopedTimer timer(seconds_.training);
  if (learner_) learner_->settle();
}

void HybridSolver::persist(const core::Archive& archive) {
  auto counts = rows_.to_array();
  archive.alike("rows", std::span(counts));
  rows_ = control::RowCounts::from_array(counts);
  persist_costs(archive, "seconds", seconds_);
  if (!surrogate_) return;

  surrogate_->persist(archive.in("surrogate"));
  learner_->persist(archive.in("learner"));
  controller_.persist(archive.in("controller"));
  calibration_rows_.persist(archive.in("calibration_rows"));
  calibration_.persist(archive.in("calibration"));
  previous_calibration_.persist(archive.in("previous_calibration"));

  // A sum that is under way is waited for: it is then as good as one that will arrive.
  std::vector<double> sums;
  if (evidence_sum_.under_way()) sums = evidence_sum_.take();
  archive.alike("evidence_sum", sums);
  if (!sums.empty()) evidence_sum_ = parallel::Communicator().begin_sum(sums);
  archive.alike("evidence_epoch", evidence_.epoch);
  archive.alike("evidence_threshold", evidence_.threshold);
  archive.alike("evidence_q", evidence_.q);
  persist_costs(archive, "window_cost", window_cost_);

  errors_.persist(archive.in("errors"));
  archive.sums("gated", std::span(gated_));
  archive.alike("promotions", promotions_);
  archive.alike("rollbacks", rollbacks_);
  archive.alike("off_steps", off_steps_);
  archive.sums("learner_seconds", learner_seconds_);
  archive.alike("refusals", refusals_);
  archive.alike("warned_of", warned_of_);
  archive.alike("tightened_at", tightened_at_);
  archive.alike("drift_then", std::span(drift_then_));
}

}  // namespace bimetal::hybrid
