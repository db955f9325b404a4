#include "hybrid/versions.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace bimetal::hybrid {

using control::ScoreHistogram;
using surrogate::Surrogate;
using Weights = Surrogate::Weights;

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
constexpr std::int64_t least_rows = 200;

}  // namespace

Versions::Versions(Surrogate& surrogate, const core::Signature& signature, control::SwitchController& controller,
                   AnswerCheck& check, const HybridOptions& options, parallel::Communicator comm, core::Log log)
    : surrogate_(&surrogate),
      controller_(&controller),
      check_(&check),
      options_(options.switching),
      comm_(std::move(comm)),
      log_(std::move(log)),
      rows_(options.schedule.calibration_rows, std::ssize(signature.inputs), std::ssize(signature.outputs)) {}

void Versions::serve_candidate() {
  surrogate_->promote(Weights::candidate);
  controller_->serve({});
}

void Versions::predict(core::ConstRows in, core::Rows out, std::span<surrogate::Signals> signals) {
  surrogate_->predict(Weights::serving, in, out, signals);
}

double Versions::score(const surrogate::Signals& signals, const Calibration& calibration) const {
  const double unit = options_.tolerance;
  double error = calibration.predicted_error(signals.predicted_error / unit);
  if (surrogate_->has_second()) error = std::max(error, calibration.disagreement(signals.disagreement / unit));
  return error / controller_->tightness();
}

/// Where no more rows fit, those that there are must do. Collective.
bool Versions::enough_rows() const {
  return comm_.max(rows_.full() ? 1.0 : 0.0) > 0.0 || comm_.sum(rows_.size()) >= least_rows;
}

/// Whether that many audits could bear out a candidate: none of them wrong, they would be accepted. Local.
bool Versions::conclusive(std::int64_t n_audits) const {
  ScoreHistogram faultless;
  for (std::int64_t i = 0; i < n_audits; ++i) {
    faultless.add_candidate(0.0);
    faultless.add_audit(0.0, false);
  }
  return controller_->threshold_by(faultless).score >= 0.0;
}

/// Whether the rows from `first` on are enough to judge the snapshot by: by fewer every candidate would be refused.
/// An answer that a gate stops says nothing; but a snapshot that is no good, most of whose answers are stopped, is to
/// be judged as well, so twice as many rows are enough whatever they say. Where no more rows fit, those that there
/// are must do. Collective.
bool Versions::can_judge(std::int64_t first) {
  if (!options_.acceptance_rule().by_evidence() || comm_.max(rows_.full() ? 1.0 : 0.0) > 0.0) return true;
  const auto n = comm_.sum(rows_.size() - first);
  if (!conclusive(n)) return false;
  if (conclusive(n / 2)) return true;
  const auto examination = examine(Weights::snapshot, first);
  return conclusive(comm_.sum(std::int64_t{std::ranges::count(examination, false, &Examined::stopped)}));
}

void Versions::forget() {
  rows_.clear();
  calibration_.fitted = false;
}

void Versions::correct(std::int64_t step, core::ConstRows in, core::ConstRows truth) {
  if (serves() && step >= 0) surrogate_->correct(Weights::serving, in, truth);
}

void Versions::calibrate_serving(std::int64_t step, bool learns) {
  if (!serves()) return;
  const bool in_vain = controller_->standing() == control::Standing::no_threshold;
  if (calibration_.fitted && (learns || !in_vain)) return;
  if (!enough_rows()) return;
  if (!calibration_.fitted)
    log_.detail("step {}: surrogate version {} is calibrated by its first {} audits", step, number(),
                comm_.sum(rows_.size()));
  const auto examination = examine(Weights::serving);
  calibration_ = calibrate(examination);
  controller_->start_afresh(judge(examination, calibration_));
  if (!learns) rows_.clear();
}

void Versions::judge_serving() { controller_->start_afresh(judge(examine(Weights::serving), calibration_)); }

/// Has a set of weights answer this rank's rows from `first` on. Local.
Versions::Examination Versions::examine(Weights which, std::int64_t first) {
  const auto in = rows_.in().from(first);
  const auto truth = rows_.truth().from(first);
  core::RowTable answers(truth.width(), in.size());
  std::vector<surrogate::Signals> signals(static_cast<std::size_t>(in.size()));
  surrogate_->predict(which, in, answers.rows(), signals);
  Examination examination;
  for (std::int64_t i = 0; i < in.size(); ++i) {
    const auto& said = signals[static_cast<std::size_t>(i)];
    const bool stopped = check_->admit(in[i], answers[i], said) != subproblem::Gate::open;
    examination.push_back({said, check_->error(answers[i], truth[i]), stopped});
  }
  return examination;
}

/// What the signals mean, by the rows of all ranks. Collective.
Versions::Calibration Versions::calibrate(const Examination& examination) const {
  const double unit = options_.tolerance;
  control::SignalRecord predicted_error, disagreement;
  for (const auto& row : examination) {
    if (row.stopped) continue;
    predicted_error.add(row.signals.predicted_error / unit, row.error);
    disagreement.add(row.signals.disagreement / unit, row.error);
  }
  comm_.sum_in_place(predicted_error.counts());
  comm_.sum_in_place(disagreement.counts());
  return {control::SignalCalibration(predicted_error), control::SignalCalibration(disagreement), true};
}

/// How the weights would fare on the rows of all ranks. Collective.
ScoreHistogram Versions::judge(const Examination& examination, const Calibration& calibration) const {
  ScoreHistogram histogram;
  for (const auto& row : examination) {
    const double value = row.stopped ? std::numeric_limits<double>::infinity() : score(row.signals, calibration);
    histogram.add_candidate(value);
    if (!row.stopped) histogram.add_audit(value, row.error > controller_->tightness());
  }
  comm_.sum_in_place(std::span<double>(histogram.values()));
  return histogram;
}

/// What a set of weights promises by the rows from `first` on, with a calibration to them. Collective.
Versions::Promise Versions::promise(Weights which, std::int64_t first) {
  const auto examination = examine(which, first);
  Promise promise;
  promise.calibration = calibrate(examination);
  promise.histogram = judge(examination, promise.calibration);
  promise.acceptance = controller_->threshold_by(promise.histogram).acceptance;
  return promise;
}

void Versions::correct_snapshot(std::int64_t from, std::int64_t to) {
  surrogate_->correct(Weights::snapshot, rows_.in().first(to).from(from), rows_.truth().first(to).from(from));
}

/// now: what the version that serves promises; 0 if there is none.
bool Versions::worthwhile(double promised, double now) const {
  if (now > 0.0) return promised - now >= std::max(worthwhile_gain, (1.0 - worthwhile_rejections) * (1.0 - now));
  return promised > 0.0 && (!options_.acceptance_rule().by_evidence() || promised >= least_promise);
}

void Versions::promote_snapshot(const Promise& promised) {
  surrogate_->promote(Weights::snapshot);
  previous_ = std::exchange(calibration_, promised.calibration);
  controller_->serve(promised.histogram);
  ++promotions_;
}

void Versions::consider_promotion(std::int64_t step) {
  if (surrogate_->has_snapshot()) {
    const auto older = rows_.size() / 2;
    if (!enough_rows() || !can_judge(older)) return;
    // The snapshot gets its correction by the older rows, in two parts so that it shows whether it is of use; the
    // newer rows are new to it as a whole. What serves is judged alike.
    correct_snapshot(0, older / 2);
    correct_snapshot(older / 2, older);
    const auto promised = promise(Weights::snapshot, older);
    const auto now = serves() ? promise(Weights::serving, older) : Promise();
    if (worthwhile(promised.acceptance, now.acceptance)) {
      correct_snapshot(older, rows_.size());
      promote_snapshot(promised);
      log_.event(
          "promotion",
          "step {}: surrogate version {} serves from now on: {:.0f} % of its answers to the calibration rows are "
          "acceptable (before: {:.0f} %; candidates refused meanwhile: {})",
          step, number(), 100.0 * promised.acceptance, 100.0 * now.acceptance, std::exchange(refusals_, 0));
    } else {
      if (refusals_++ == 0)
        log_.detail(
            "step {}: a candidate is refused: {:.0f} % of its answers to the calibration rows would be acceptable, "
            "and "
            "{:.0f} % are with what serves",
            step, 100.0 * promised.acceptance, 100.0 * now.acceptance);
      if (serves()) calibration_ = now.calibration;  // its corrections change what its signals are worth
    }
  }
  surrogate_->take_snapshot();
  rows_.clear();
}

void Versions::roll_back(std::int64_t step) {
  if (!surrogate_->can_roll_back()) return;
  const auto refuted = number();
  surrogate_->roll_back();
  calibration_ = previous_;
  controller_->serve({});
  ++rollbacks_;
  log_.event(
      "roll-back",
      "step {}: surrogate version {} is rolled back, and version {} serves again, since audits did not bear out "
      "what the newer one's calibration had promised",
      step, refuted, number());
}

void Versions::Calibration::persist(const core::Archive& archive) {
  predicted_error.persist(archive.in("predicted_error"));
  disagreement.persist(archive.in("disagreement"));
  archive.alike("fitted", fitted);
}

void Versions::persist(const core::Archive& archive) {
  rows_.persist(archive.in("rows"));
  calibration_.persist(archive.in("calibration"));
  previous_.persist(archive.in("previous"));
  archive.alike("promotions", promotions_);
  archive.alike("rollbacks", rollbacks_);
  archive.alike("refusals", refusals_);
}

}  // namespace bimetal::hybrid
