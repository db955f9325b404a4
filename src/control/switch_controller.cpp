#include "control/switch_controller.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "core/random.hpp"

namespace bimetal::control {

const char* to_string(Standing standing) {
  switch (standing) {
    case Standing::no_version: return "no version";
    case Standing::on: return "on";
    case Standing::no_threshold: return "no threshold";
    case Standing::cost: return "cost";
  }
  return "";
}

SwitchController::SwitchController(const SwitchOptions& options, std::uint64_t key)
    : options_(options),
      rule_(options.acceptance_rule()),
      key_(key),
      alarm_(options.wrong_fraction, options.rules.steps_between_false_alarms),
      account_(options.audit_fraction, options.rules.rare_audits) {
  EXPECT(options.tolerance > 0.0 && options.audit_fraction > 0.0 && options.audit_fraction <= 1.0);
  EXPECT(options.window >= 1 && options.memory >= 1);
}

Asking SwitchController::asks(std::int64_t step) const {
  if (standing_ == Standing::no_version || !rule_.asks_surrogate) return Asking::nobody;
  if (standing_ == Standing::on) return Asking::all_rows;
  return step / options_.window % probe_every_ == 0 ? Asking::audited_rows : Asking::nobody;
}

double SwitchController::coin(std::int64_t id) const {
  return core::random_uniform(key_, core::Purpose::audit, n_solves_, static_cast<std::uint64_t>(id));
}

bool SwitchController::audits_inert(std::int64_t id) const {
  return coin(id) < options_.rules.inert_audits * audit_chance();
}

bool SwitchController::commit_test(std::int64_t audited, std::int64_t audited_wrong) {
  if (!rule_.by_evidence() || audited == 0) return true;
  if (!std::exchange(answered_in_step_, true)) ++n_answered_;
  if (!alarm_.hears(audited, audited_wrong)) return true;
  ++alarms_;
  refuted_at_once_ = n_answered_ == 1;
  start_afresh({});
  return false;
}

Evidence SwitchController::take_window(const Ledger& cost) {
  Evidence evidence{.rows = window_,
                    .ledger = options_.unit_costs ? cost.priced(*options_.unit_costs) : cost,
                    .epoch = epoch_,
                    .threshold = threshold_in_force(),
                    .q = audit_chance()};
  window_ = {};
  return evidence;
}

void SwitchController::learn(const Evidence& evidence) {
  ledger_.add(evidence.ledger);
  if (standing_ == Standing::no_version) return;
  const double candidates = evidence.rows.all().candidates;
  const bool current = evidence.epoch == epoch_ && candidates > 0.0;
  if (current) {
    active_ = candidates / (evidence.threshold >= 0.0 ? 1.0 : evidence.q);
    known_.fade(1.0 - 1.0 / static_cast<double>(options_.memory));
    known_.add(evidence.rows);
  }
  choose();
  if (current) space_probes();
}

double SwitchController::target() const {
  const double alpha = options_.wrong_fraction;
  const auto& rules = options_.rules;
  const double aimed = rules.aimed * alpha;
  const double ahead =
      std::max(rules.windows_ahead * active_, rules.findings_ahead / (options_.audit_fraction * alpha));
  const double overspent = account_.wrong_upper_bound(options_.confidence) - aimed * account_.accepted();
  return std::clamp(aimed - overspent / ahead, rules.least_target * alpha, rules.largest_target * alpha);
}

void SwitchController::forget() {
  ++epoch_;
  known_ = {};
  window_ = {};
  alarm_.reset();
  level_ = 0;
  probe_every_ = 1;
}

void SwitchController::serve(const ScoreHistogram& calibration) {
  refuted_at_once_ = false;
  n_answered_ = 0;
  start_afresh(calibration);
}

void SwitchController::start_afresh(const ScoreHistogram& calibration) {
  forget();
  known_ = calibration;
  choose();
}

/// What follows from all that is known.
void SwitchController::choose() {
  threshold_ = rule_.by_evidence() ? threshold_by(known_) : Threshold{.score = *rule_.fixed_score};
  level_ = threshold_.audits * options_.wrong_fraction < options_.rules.enough_audits ? 0 : 1;
  const bool pays = !cost_matters() || asking_pays(ledger_, threshold_.acceptance, audit_chance());
  const bool found = !rule_.by_evidence() || threshold_.score >= 0.0;
  standing_ = !found ? Standing::no_threshold : pays ? Standing::on : Standing::cost;
}

/// While the surrogate is off, asking it about audited rows costs little. If even that is too much, ever more seldom.
void SwitchController::space_probes() {
  if (standing_ == Standing::on) {
    probe_every_ = 1;
    return;
  }
  ++probes_;
  if (cost_matters() && ledger_.overhead() > *options_.max_overhead)
    probe_every_ = std::min(2 * probe_every_, options_.rules.longest_pause);
}

void SwitchController::persist(const core::Archive& archive) {
  archive.alike("key", key_);
  archive.alike("n_solves", n_solves_);
  alarm_.persist(archive.in("alarm"));
  archive.sums("window", window_.values());
  archive.alike("known", known_.values());
  account_.persist(archive.in("account"));
  archive.alike("active", active_);
  auto costs = ledger_.to_array();
  archive.alike("ledger", std::span(costs));
  ledger_ = Ledger::from_array(costs);
  archive.alike("updates_done", updates_done_);
  archive.alike("epoch", epoch_);
  archive.alike("n_answered", n_answered_);

  archive.alike("standing", standing_);
  archive.alike("threshold_score", threshold_.score);
  archive.alike("threshold_acceptance", threshold_.acceptance);
  archive.alike("threshold_audits", threshold_.audits);
  archive.alike("threshold_wrong", threshold_.wrong);
  archive.alike("threshold_wrong_upper_bound", threshold_.wrong_upper_bound);
  archive.alike("tightness", tightness_);
  archive.alike("level", level_);
  archive.alike("probe_every", probe_every_);
  archive.alike("refuted_at_once", refuted_at_once_);
  archive.alike("alarms", alarms_);
  archive.alike("probes", probes_);
  if (level_ < 0 || level_ >= n_audit_levels || probe_every_ < 1)
    throw core::UserError("what was saved of the controller contradicts itself");
}

std::int64_t SwitchController::updates_allowed(std::int64_t wanted, int n_ranks) const {
  if (!cost_matters() || updates_done_ == 0) return wanted;
  const double unbooked = static_cast<double>(updates_done_ * n_ranks) - ledger_.updates;
  const double left = (affordable_updates(ledger_, *options_.max_overhead) - unbooked) / n_ranks;
  return left >= static_cast<double>(wanted) ? wanted : 0;
}

}  // namespace bimetal::control
