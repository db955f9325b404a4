// How the hybrid learns: training rounds, calibration, and the promotion gate.
#include <algorithm>
#include <limits>
#include <utility>

#include "core/timer.hpp"
#include "hybrid/hybrid_solver.hpp"

namespace bimetal::hybrid {

using control::ScoreHistogram;
using surrogate::Surrogate;

namespace {

/// A candidate must promise to reject no more than this part of what the serving version rejects, and to accept this
/// much more of the rows: evidence starts afresh with every promotion, and more is audited until there is enough of
/// it.
constexpr double worthwhile_rejections = 0.8;
constexpr double worthwhile_gain = 0.02;

/// Where nothing that is certified serves yet, a candidate must promise to accept this much: one of the first steps
/// of learning that promises less ages within a few steps, and the wrong answers it leaves make the controller
/// careful.
constexpr double least_promise = 0.5;

/// Rows of all ranks that a calibration needs at least.
constexpr std::int64_t enough_rows = 200;

}  // namespace

void HybridSolver::train(std::int64_t step) {
  core::ScopedTimer timer(step_.seconds.training);
  if (surrogate_serves() && step >= 0)
    surrogate_->correct(Surrogate::Weights::serving, answered_in_.rows(), answered_truth_.rows());
  if (surrogate_serves() && !calibration_.fitted) calibrate_serving(step);

  const auto& rows = step_.rows;
  const auto answerable = static_cast<double>(rows.accepted + rows.rejected - rows.unanswerable);
  std::int64_t wanted = 0;
  if (answerable > 0.0) {
    AnswersOfStep answers{.accepted = static_cast<double>(rows.accepted) / answerable, .withdrawn = step_.withdrawn};
    if (rows.audited > 0)
      answers.wrong = static_cast<double>(rows.audited_wrong) /
                      (static_cast<double>(rows.audited) * options_.switching.wrong_fraction);
    wanted = learner_->updates_due(step, answers);
  }
  const auto allowed = controller_.updates_allowed(wanted, comm_.size());
  TrainingRound round;
  {
    core::ScopedTimer learner_timer(learner_seconds_);
    round = learner_->train(step, allowed);
  }
  step_.loss = round.loss;
  controller_.note_updates(round.updates);
  step_.seconds.updates += static_cast<double>(round.updates);
  if (round.new_candidate) consider_promotion(step);
}

/// Has a set of weights answer this rank's calibration rows from `first` on. Local.
HybridSolver::Examination HybridSolver::examine(Surrogate::Weights which, std::int64_t first) {
  const auto in = calibration_rows_.in().from(first);
  const auto truth = calibration_rows_.truth().from(first);
  core::RowTable answers(truth.width(), in.size());
  std::vector<surrogate::Signals> signals(static_cast<std::size_t>(in.size()));
  surrogate_->predict(which, in, answers.rows(), signals);
  Examination examination;
  for (std::int64_t i = 0; i < in.size(); ++i) {
    const auto& said = signals[static_cast<std::size_t>(i)];
    const bool gated = gate_of(in[i], answers[i], said) != subproblem::Gate::open;
    examination.push_back({said, error_of(answers[i], truth[i]), gated});
  }
  return examination;
}

/// What the signals mean, by the calibration rows of all ranks. Collective.
HybridSolver::Calibration HybridSolver::calibrate(const Examination& examination) const {
  const double unit = options_.switching.tolerance;
  control::SignalRecord predicted_error, disagreement;
  for (const auto& row : examination) {
    if (row.gated) continue;
    predicted_error.add(row.signals.predicted_error / unit, row.error);
    disagreement.add(row.signals.disagreement / unit, row.error);
  }
  comm_.sum_in_place(predicted_error.counts());
  comm_.sum_in_place(disagreement.counts());
  return {control::SignalCalibration(predicted_error), control::SignalCalibration(disagreement), true};
}

/// How the weights would fare on the calibration rows of all ranks. Collective.
ScoreHistogram HybridSolver::judge(const Examination& examination, const Calibration& calibration) const {
  ScoreHistogram histogram;
  for (const auto& row : examination) {
    const double score = row.gated ? std::numeric_limits<double>::infinity() : score_of(row.signals, calibration);
    histogram.add_candidate(score);
    if (!row.gated) histogram.add_audit(score, row.error > controller_.tightness());
  }
  comm_.sum_in_place(std::span<double>(histogram.values()));
  return histogram;
}

/// Gives the serving version a calibration, as soon as there are rows for it: at the start without training, and
/// after a drift. Collective.
void HybridSolver::calibrate_serving(std::int64_t step) {
  if (comm_.sum(calibration_rows_.size()) < enough_rows) return;
  const auto examination = examine(Surrogate::Weights::serving);
  calibration_ = calibrate(examination);
  controller_.start_afresh(judge(examination, calibration_));
  log_.info("step {}: surrogate version {} calibrated by its first {} audits", step, surrogate_->version(),
            comm_.sum(calibration_rows_.size()));
}

/// Promotes the candidate if that is worthwhile. What it promises is what its snapshot of the last look did since
/// then: all rows it is judged by came after all that it had learned from, which matters where states change as a run
/// goes on (progressive validation: A. Blum, A. Kalai, J. Langford, Proc. COLT 1999, 203). Collective.
void HybridSolver::consider_promotion(std::int64_t step) {
  if (surrogate_->has_snapshot()) {
    if (comm_.sum(calibration_rows_.size()) < enough_rows) return;
    compare_with_serving(step);
  }
  surrogate_->take_snapshot();
  calibration_rows_.clear();
}

/// Collective.
void HybridSolver::compare_with_serving(std::int64_t step) {
  const auto acceptance = [&, target = controller_.target()](const ScoreHistogram& histogram) {
    return control::choose_threshold(histogram, target, options_.switching.confidence).acceptance;
  };
  // The snapshot gets its correction by the older rows, in two parts so that it shows whether it is of use; the newer
  // rows are new to it as a whole.
  const auto correct_snapshot = [&](std::int64_t from, std::int64_t to) {
    surrogate_->correct(Surrogate::Weights::snapshot, calibration_rows_.in().first(to).from(from),
                        calibration_rows_.truth().first(to).from(from));
  };
  const auto older = calibration_rows_.size() / 2;
  correct_snapshot(0, older / 2);
  correct_snapshot(older / 2, older);
  const auto examination = examine(Surrogate::Weights::snapshot, older);
  const auto calibration = calibrate(examination);
  const auto candidate = judge(examination, calibration);
  const double promised = acceptance(candidate);
  // What serves is judged alike, by the same rows and a calibration to them.
  double now = 0.0;
  std::optional<Calibration> serving_calibration;
  if (surrogate_serves()) {
    const auto serving = examine(Surrogate::Weights::serving, older);
    serving_calibration = calibrate(serving);
    now = acceptance(judge(serving, *serving_calibration));
  }
  const bool certified = options_.switching.policy == control::Policy::certified;
  const bool worthwhile =
      now > 0.0 ? promised - now >= std::max(worthwhile_gain, (1.0 - worthwhile_rejections) * (1.0 - now))
                : promised > 0.0 && (!certified || promised >= least_promise);
  if (!worthwhile) {
    if (refusals_++ == 0)
      log_.info(
          "step {}: candidate refused: {:.0f} % of the calibration rows would be acceptable, {:.0f} % are with "
          "what serves",
          step, 100.0 * promised, 100.0 * now);
    // Its corrections change what its signals are worth.
    if (serving_calibration) calibration_ = *serving_calibration;
    return;
  }
  correct_snapshot(older, calibration_rows_.size());
  surrogate_->promote(Surrogate::Weights::snapshot);
  previous_calibration_ = std::exchange(calibration_, calibration);
  controller_.serve(candidate);
  ++promotions_;
  log_.info(
      "step {}: surrogate version {} serves: {:.0f} % of the calibration rows acceptable (before: {:.0f} %; {} "
      "candidates refused meanwhile)",
      step, surrogate_->version(), 100.0 * promised, 100.0 * now, refusals_);
  refusals_ = 0;
}

}  // namespace bimetal::hybrid
