#include "control/switch_controller.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "control/binomial_bound.hpp"
#include "core/error.hpp"
#include "core/random.hpp"

namespace bimetal::control {
namespace {

/// The correction aims below alpha, by what the certificate will need as its own margin.
constexpr double aimed_share = 0.8;
constexpr double least_target = 0.05;  // of alpha
constexpr double careful_target = 0.5;
constexpr double inert_audit_share = 0.1;
constexpr double commit_share = 0.01;  // of delta

constexpr double uneasy_share = 0.75;  // of the target, after a step that makes the alarm uneasy
constexpr double alarmed_share = 0.5;  // and after an alarm

// Windows.
constexpr std::int64_t first_off = 4;
constexpr std::int64_t longest_off = 256;
constexpr std::int64_t longest_probe_interval = 64;
constexpr std::int64_t trial = 16;
constexpr std::int64_t first_steps = 2;

double coin(std::uint64_t seed, core::Purpose purpose, std::int64_t step, std::int64_t id) {
  return core::random_uniform(seed, purpose, static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(id));
}

}  // namespace

const char* to_string(Standing standing) {
  switch (standing) {
    case Standing::no_version: return "no version";
    case Standing::on: return "on";
    case Standing::no_threshold: return "no threshold";
    case Standing::drift: return "drift";
    case Standing::cost: return "cost";
  }
  return "";
}

SwitchController::SwitchController(const SwitchOptions& options, std::uint64_t seed)
    : options_(options),
      seed_(seed),
      alarm_(options.wrong_fraction),
      target_(options.wrong_fraction),
      off_windows_(first_off) {
  EXPECT(options.tolerance > 0.0 && options.audit_fraction > 0.0 && options.audit_fraction <= 1.0);
  EXPECT(options.window >= 1 && options.memory >= 1);
}

Asking SwitchController::asks(std::int64_t step) const {
  if (standing_ == Standing::no_version || options_.policy == Policy::never) return Asking::nobody;
  if (standing_ == Standing::on) return Asking::all_rows;
  return step / options_.window % probe_every_ == 0 ? Asking::audited_rows : Asking::nobody;
}

bool SwitchController::audits(std::int64_t step, std::int64_t id) const {
  return coin(seed_, core::Purpose::audit, step, id) < audit_chance();
}

bool SwitchController::audits_inert(std::int64_t step, std::int64_t id) const {
  return coin(seed_, core::Purpose::audit, step, id) < inert_audit_share * audit_chance();
}

bool SwitchController::stand(std::int64_t step, std::int64_t audited, std::int64_t audited_wrong) {
  if (!certified() || audited == 0) return true;
  ++n_on_;
  answers_ += static_cast<double>(audited) / audit_chance();
  wrong_answers_ += static_cast<double>(audited_wrong) / audit_chance();
  correct_target(static_cast<double>(audited_wrong) / static_cast<double>(audited));
  const double confidence = 1.0 - commit_share * (1.0 - options_.confidence);
  const bool refuted = clopper_pearson_lower(audited_wrong, audited, confidence) > options_.wrong_fraction;
  const bool risen = alarm_.hears(audited, audited_wrong);
  if (refuted || risen) {
    raise_alarm(step);
    return false;
  }
  if (alarm_.is_uneasy()) grow_careful(uneasy_share);
  if (n_on_ == trial) off_windows_ = first_off;
  return true;
}

void SwitchController::grow_careful(double share) {
  target_ = std::max(share * target_, least_target * options_.wrong_fraction);
}

/// The first time in a while: more careful, by recent evidence only. Again soon: off. At once after a promotion: the
/// version is to blame.
void SwitchController::raise_alarm(std::int64_t step) {
  ++alarms_;
  grow_careful(alarmed_share);
  trial_failed_ = on_trial_ && n_on_ <= first_steps;
  if (trial_failed_ || n_on_ < first_off) {
    turn_off(step);
    return;
  }
  const auto recent = std::max<std::int64_t>(options_.memory / 16, 1);
  while (static_cast<std::int64_t>(memory_.size()) > recent) memory_.pop_front();
  alarm_.reset();
  level_ = 0;
  n_on_ = 0;
  choose(step);
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

void SwitchController::learn(const Evidence& evidence, std::int64_t step) {
  ledger_.add(evidence.ledger);
  if (standing_ == Standing::no_version) return;
  const bool current = evidence.epoch == epoch_ && evidence.rows.all().candidates > 0;
  if (current) remember(evidence);
  if (standing_ != Standing::on) correct_target(0.5 * aimed_share * options_.wrong_fraction);  // slowly forgiven
  choose(step);
  if (on_trial_ && n_windows_ >= trial) {
    trial_failed_ = standing_ == Standing::no_threshold;
    on_trial_ = false;
  }
  if (current) space_probes();
}

void SwitchController::remember(const Evidence& evidence) {
  ++n_windows_;
  const auto candidates = static_cast<double>(evidence.rows.all().candidates);
  active_ = candidates / (evidence.threshold >= 0.0 ? 1.0 : evidence.q);
  memory_.push_back(evidence.rows);
  if (static_cast<std::int64_t>(memory_.size()) > options_.memory) memory_.pop_front();
}

void SwitchController::correct_target(double seen) {
  const double alpha = options_.wrong_fraction;
  target_ = std::clamp(target_ + options_.correction * (aimed_share * alpha - seen), least_target * alpha, alpha);
}

double SwitchController::target() const {
  // The nearer the run comes to what it is allowed in all, the more careful: alpha while its wrong fraction so far is
  // no more than the correction aims at, then less, down to half of it. Only better answers bring the wrong fraction
  // down.
  const double alpha = options_.wrong_fraction;
  const double so_far = answers_ > 0.0 ? wrong_answers_ / answers_ : 0.0;
  const double allowance = std::clamp((alpha - so_far) / (1.0 - aimed_share), careful_target * alpha, alpha);
  return std::min(target_, allowance);
}

/// Off for a while, and what was known no longer counts.
void SwitchController::turn_off(std::int64_t step) {
  standing_ = Standing::drift;
  off_until_ = step + 1 + off_windows_ * options_.window;
  off_windows_ = std::min(2 * off_windows_, longest_off);
  forget();
}

void SwitchController::forget() {
  ++epoch_;
  memory_.clear();
  window_ = {};
  threshold_ = {};
  alarm_.reset();
  level_ = 0;
  probe_every_ = 1;
  n_windows_ = n_on_ = 0;
  on_trial_ = false;
}

void SwitchController::serve(const ScoreHistogram& calibration) {
  trial_failed_ = false;
  off_until_ = 0;
  standing_ = Standing::no_threshold;
  start_afresh(calibration, 0);
  on_trial_ = true;
}

void SwitchController::start_afresh(const ScoreHistogram& calibration, std::int64_t step) {
  forget();
  if (calibration.all().candidates > 0) memory_.push_back(calibration);
  choose(step);
}

/// What follows from all that is known.
void SwitchController::choose(std::int64_t step) {
  ScoreHistogram known;
  std::array<ScoreHistogram, 2> recent;  // a quarter and a sixteenth of it
  for (std::size_t i = 0; i < memory_.size(); ++i) {
    const auto age = static_cast<std::int64_t>(memory_.size() - i);
    known.add(memory_[i]);
    if (4 * age <= options_.memory) recent[0].add(memory_[i]);
    if (16 * age <= options_.memory) recent[1].add(memory_[i]);
  }
  switch (options_.policy) {
    case Policy::certified: threshold_ = choose_threshold(known, recent, target(), options_.confidence); break;
    case Policy::threshold: threshold_.score = options_.threshold; break;
    case Policy::always: threshold_.score = std::numeric_limits<double>::infinity(); break;
    case Policy::never: threshold_ = {}; break;
  }
  size_audits();
  if (!certified()) {
    standing_ = Standing::on;
  } else if (step >= off_until_) {
    const bool pays = !options_.max_overhead || asking_pays(ledger_, threshold_.acceptance, audit_chance());
    standing_ = threshold_.score < 0.0 ? Standing::no_threshold : pays ? Standing::on : Standing::cost;
  }
}

/// All that is allowed until the threshold rests on enough of them, then as many as keep it so.
void SwitchController::size_audits() {
  const double accepted = active_ * threshold_.acceptance * static_cast<double>(options_.memory);
  const bool enough = threshold_.audits >= audits_wanted(options_.wrong_fraction);
  level_ = enough ? choose_audit_level(options_.audit_fraction, options_.wrong_fraction, accepted) : 0;
}

/// While the surrogate is off, asking it about audited rows costs little. If even that is too much, ever more seldom.
void SwitchController::space_probes() {
  if (standing_ == Standing::on) {
    probe_every_ = 1;
    return;
  }
  ++probes_;
  if (certified() && options_.max_overhead && ledger_.overhead() > *options_.max_overhead)
    probe_every_ = std::min(2 * probe_every_, longest_probe_interval);
}

void SwitchController::persist(const core::Archive& archive) {
  alarm_.persist(archive.in("alarm"));

  archive.sums("window", std::span<double>(window_.values()));
  std::vector<double> memory;
  for (auto& window : memory_) memory.insert(memory.end(), window.values().begin(), window.values().end());
  archive.alike("memory", memory);
  memory_.assign(memory.size() / ScoreHistogram::n_values, {});
  auto next = memory.begin();
  for (auto& window : memory_) {
    std::copy_n(next, ScoreHistogram::n_values, window.values().begin());
    next += ScoreHistogram::n_values;
  }
  archive.alike("answers", answers_);
  archive.alike("wrong_answers", wrong_answers_);
  archive.alike("active", active_);
  auto costs = ledger_.to_array();
  archive.alike("ledger", std::span(costs));
  ledger_ = Ledger::from_array(costs);
  archive.alike("updates_done", updates_done_);
  archive.alike("epoch", epoch_);
  archive.alike("n_windows", n_windows_);
  archive.alike("n_on", n_on_);

  archive.alike("standing", standing_);
  archive.alike("threshold_score", threshold_.score);
  archive.alike("threshold_acceptance", threshold_.acceptance);
  archive.alike("threshold_audits", threshold_.audits);
  archive.alike("threshold_wrong", threshold_.wrong);
  archive.alike("threshold_wrong_upper_bound", threshold_.wrong_upper_bound);
  archive.alike("target", target_);
  archive.alike("tightness", tightness_);
  archive.alike("level", level_);
  archive.alike("off_until", off_until_);
  archive.alike("off_windows", off_windows_);
  archive.alike("probe_every", probe_every_);
  archive.alike("on_trial", on_trial_);
  archive.alike("trial_failed", trial_failed_);
  archive.alike("alarms", alarms_);
  archive.alike("probes", probes_);
  if (level_ < 0 || level_ >= n_audit_levels || probe_every_ < 1 || memory.size() % ScoreHistogram::n_values != 0)
    throw core::UserError("what was saved of the controller contradicts itself");
}

std::int64_t SwitchController::updates_allowed(std::int64_t wanted, int n_ranks) const {
  if (!certified() || !options_.max_overhead || updates_done_ == 0) return wanted;
  const double unbooked = static_cast<double>(updates_done_ * n_ranks) - ledger_.updates;
  const double left = (affordable_updates(ledger_, *options_.max_overhead) - unbooked) / n_ranks;
  return left >= static_cast<double>(wanted) ? wanted : 0;
}

}  // namespace bimetal::control
