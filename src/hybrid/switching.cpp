// What the hybrid makes of a step: evidence for the controller, its consequences, and why, in words.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/timer.hpp"
#include "hybrid/hybrid_solver.hpp"

namespace bimetal::hybrid {

using control::Standing;

namespace {

/// How sure an accumulated error must be before it tightens the tolerance, and how far that may go.
constexpr double sure_deviations = 2.0;
constexpr double least_tightness = 0.02;

}  // namespace

/// Sums the step's counts over ranks and draws the consequences.
void HybridSolver::close_step(std::int64_t step) {
  auto& rows = step_.rows;
  auto& cost = step_.seconds;
  cost.rejected = static_cast<double>(rows.rejected);
  cost.accepted = static_cast<double>(rows.accepted);
  cost.audited = static_cast<double>(rows.audited);
  cost.asked = static_cast<double>(rows.asked);
  {
    core::ScopedTimer timer(cost.communication);
    auto counts = rows.to_array();
    comm_.sum_in_place(std::span<std::int64_t>(counts));
    rows = control::RowCounts::from_array(counts);
  }
  if (!surrogate_ || step < 0) return;
  controller_.book(step_.audit_level, {.accepted = rows.accepted,
                                       .audited = rows.audited,
                                       .audited_wrong = rows.audited_wrong,
                                       .withdrawn_wrong = rows.withdrawn_wrong,
                                       .withdrawn_found = rows.withdrawn_found});
  errors_.close_step(rows.accepted + rows.rejected);
  off_steps_ += surrogate_serves() && step_.standing != Standing::on;

  distrust_unusable_answers(step);
  exchange_evidence(step);
  react(step);
}

/// At the end of a window: the sums of the window before have arrived, those of this one set out.
void HybridSolver::exchange_evidence(std::int64_t step) {
  if (!controller_.window_ends(step)) return;
  core::ScopedTimer timer(step_.seconds.communication);
  if (evidence_sum_.under_way()) {
    const auto sums = evidence_sum_.take();
    control::Evidence::Message message;
    std::ranges::copy(sums, message.begin());
    evidence_.set(message);
    controller_.learn(evidence_);
  }
  evidence_ = controller_.take_window(window_cost_);
  window_cost_ = {};
  evidence_sum_ = comm_.begin_sum(evidence_.message());
}

void HybridSolver::react(std::int64_t step) {
  if (step_.withdrawn) {
    // What was measured before the drift says nothing about the answers after it.
    calibration_rows_.clear();
    calibration_.fitted = false;
  }
  if (controller_.standing() != step_.standing) report_standing(step);
  if (controller_.refuted_at_once()) roll_back(step);
  watch_accumulation(step);
}

/// Says in words why the surrogate answers, or no longer does.
void HybridSolver::report_standing(std::int64_t step) {
  const auto& known = controller_.threshold();
  switch (controller_.standing()) {
    case Standing::no_version: break;
    case Standing::on:
      log_.info(
          "step {}: surrogate on: {:.0f} of {:.0f} audits with scores up to {:.2g} were wrong, at most {:.2g} % of "
          "all such answers; {:.0f} % of the rows have one",
          step, known.wrong, known.audits, known.score, 100.0 * known.wrong_upper_bound, 100.0 * known.acceptance);
      break;
    case Standing::no_threshold:
      log_.info("step {}: surrogate off: no threshold on its score is known to keep the wrong answers below {:.2g} %",
                step, 100.0 * controller_.target());
      break;
    case Standing::cost:
      log_.info(
          "step {}: surrogate off: asking it costs {:.2g} s a row, and accepting {:.0f} % of its answers saves no "
          "more than {:.2g} s a row",
          step, controller_.ledger().inference_per_row(), 100.0 * known.acceptance,
          known.acceptance * controller_.ledger().physics_per_row());
      break;
  }
}

/// Answers that are not even finite need no audit to be distrusted.
void HybridSolver::distrust_unusable_answers(std::int64_t step) {
  const auto& rows = step_.rows;
  if (2 * rows.unusable <= rows.asked) return;
  if (controller_.standing() == Standing::on) controller_.start_afresh({});
  if (std::exchange(warned_of_, surrogate_->version()) == surrogate_->version()) return;
  log_.warn("step {}: {} of {} answers of surrogate version {} were not finite; physics took over", step,
            rows.unusable, rows.asked, surrogate_->version());
}

void HybridSolver::roll_back(std::int64_t step) {
  if (!surrogate_->can_roll_back()) return;
  const auto refuted = surrogate_->version();
  surrogate_->roll_back();
  calibration_ = previous_calibration_;
  controller_.serve({});
  ++rollbacks_;
  log_.info(
      "step {}: surrogate version {} rolled back, version {} is asked again: audits did not bear out what its "
      "calibration had promised",
      step, refuted, surrogate_->version());
}

/// Holds answers to half of the tolerance if the errors they carry on, at the pace since the last look, would add up
/// to more than run_tolerance by the end of the run. Collective.
void HybridSolver::watch_accumulation(std::int64_t step) {
  const auto& switching = options_.switching;
  if (!switching.run_tolerance || !surrogate_serves() || (step + 1) % options_.schedule.promote_every != 0) return;
  const auto errors = output_errors();
  const auto left = static_cast<double>(std::max<std::int64_t>(options_.expected_steps - step - 1, 0));
  const auto since = static_cast<double>(step + 1 - tightened_at_);
  double worst = 0.0;
  std::string where;
  for (std::size_t k = 0; k < errors.size(); ++k) {
    const auto& now = errors[k].estimate;
    const double pace = (now.accumulated - drift_then_[k]) / since;
    const double expected = std::abs(now.accumulated + pace * left) / scale_[k];
    const double noise = sure_deviations * now.accumulated_error * (1.0 + left / since) / scale_[k];
    if (expected - noise > worst) {
      worst = expected - noise;
      where = errors[k].name;
    }
  }
  if (worst <= *switching.run_tolerance || controller_.tightness() <= least_tightness) return;
  controller_.tighten();
  controller_.start_afresh(judge(examine(surrogate::Surrogate::Weights::serving), calibration_));
  tightened_at_ = step + 1;
  for (std::size_t k = 0; k < errors.size(); ++k) drift_then_[k] = errors[k].estimate.accumulated;
  log_.info(
      "step {}: answers are held to {:.3g} of the tolerance from now on: errors of {} would add up to {:.2g} of its "
      "scale by the end, with {:.2g} allowed (switching.run_tolerance)",
      step, controller_.tightness(), where, worst, *switching.run_tolerance);
}

}  // namespace bimetal::hybrid
