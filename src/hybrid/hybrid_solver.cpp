// How a batch is solved. What follows from it is in switching.cpp and learning.cpp.
#include "hybrid/hybrid_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "control/scaled_error.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "core/timer.hpp"

namespace bimetal::hybrid {

using control::Asking;
using subproblem::Answerer;
using subproblem::Batch;
using subproblem::Gate;
using surrogate::Surrogate;

HybridSolver::HybridSolver(std::unique_ptr<subproblem::SubproblemSolver> reference,
                           std::optional<Surrogate> surrogate, const HybridOptions& options, const Crew& crew,
                           core::Log log)
    : options_(options),
      comm_(crew.own()),
      log_(std::move(log)),
      physics_(std::move(reference), comm_),
      surrogate_(std::move(surrogate)),
      controller_(options.switching, options.seed),
      calibration_rows_(options.schedule.calibration_rows, std::ssize(kind().signature().inputs),
                        std::ssize(kind().signature().outputs)),
      signature_(kind().signature()),
      inputs_(std::ssize(signature_.inputs)),
      proposals_(std::ssize(signature_.outputs)),
      errors_(signature_.outputs.size()),
      drift_then_(signature_.outputs.size(), 0.0) {
  for (const auto& output : signature_.outputs) scale_.push_back(output.scale);
  for (int level = 0; level < control::n_audit_levels; ++level)
    strata_[static_cast<std::size_t>(level)].q = control::audit_chance(options.switching.audit_fraction, level);
  if (options.schedule.perturbed > 0.0)
    perturbed_.emplace(signature_, options.schedule.perturbed, options.switching.tolerance, options.seed);
  if (surrogate_) learner_ = make_learner(options, crew, signature_, *surrogate_, log_);
  if (surrogate_ && (surrogate_->warm() || options.schedule.placement == Placement::off)) {
    surrogate_->promote();
    controller_.serve({});
  }
}

subproblem::BatchReport HybridSolver::solve(Batch& batch) {
  EXPECT(fits(batch, signature_));
  step_ = StepReport();
  step_.standing = controller_.standing();
  step_.threshold = controller_.threshold_in_force();
  step_.audit_chance = surrogate_ ? controller_.audit_chance() : 0.0;
  step_.audit_level = controller_.audit_level();
  if (surrogate_ && batch.step == options_.faults.weights_nan_at) {
    surrogate_->spoil();
    log_.warn("step {}: all weights of the surrogate become NaN, as faults.weights_nan_at asks for", batch.step);
  }
  if (perturbed_) perturbed_->clear();
  sort_rows(batch);
  ask_surrogate(batch);
  decide(batch.step);
  auto report = answer(batch);
  if (moves_rows()) solve_perturbed(batch.step);
  if (options_.verify == Verify::yes) verify(batch);
  close_step(batch.step);
  if (surrogate_) train(batch.step);
  if (batch.step >= 0) rows_.add(step_.rows);  // a rehearsal costs time, but its answers are taken back
  seconds_.add(step_.seconds);
  window_cost_.add(step_.seconds);
  return report;
}

/// Answers inert rows and lists the others, with copies of their inputs and their audit coins.
void HybridSolver::sort_rows(Batch& batch) {
  core::ScopedTimer timer(step_.seconds.physics);  // pure physics looks for inert rows as well
  cases_.clear();
  inputs_.clear();
  ids_.clear();
  for (std::int64_t i = 0; i < batch.in.size(); ++i) {
    const auto in = batch.in[i];
    const std::int64_t id = batch.id[static_cast<std::size_t>(i)];
    Case row{.row = i, .inert = kind().inert(in, options_.switching.tolerance)};
    step_.rows.inert += row.inert;
    if (row.inert) {
      row.audited = surrogate_ && controller_.audits_inert(batch.step, id);
      const auto out = batch.out[i];
      if (out.data() != in.data()) std::copy_n(in.begin(), out.size(), out.begin());
      note_provenance(batch, row, -1.0);
      if (!row.audited) continue;
    } else {
      row.audited = surrogate_ && controller_.audits(batch.step, id);
    }
    cases_.push_back(row);
    inputs_.append(in);
    ids_.push_back(id);
  }
  step_.rows.total = batch.in.size();
}

/// Proposals and scores for the rows the controller wants to know about; an answer that fails a gate gets an infinite
/// score. Rehearsals are left to physics, so that they are no evidence.
void HybridSolver::ask_surrogate(const Batch& batch) {
  if (!surrogate_serves() || batch.step < 0) return;
  const auto asking = controller_.asks(batch.step);
  if (asking == Asking::nobody) return;
  core::ScopedTimer timer(step_.seconds.inference);
  core::RowTable in(inputs_.width());
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    auto& row = cases_[i];
    if (row.inert || (asking == Asking::audited_rows && !row.audited)) continue;
    row.proposal = in.size();
    in.append(inputs_[static_cast<std::int64_t>(i)]);
  }
  proposals_.resize(in.size());
  std::vector<surrogate::Signals> signals(static_cast<std::size_t>(in.size()));
  surrogate_->predict(Surrogate::Weights::serving, in.rows(), proposals_.rows(), signals);
  step_.rows.asked = in.size();
  for (auto& row : cases_) {
    if (row.proposal < 0) continue;
    const auto& said = signals[static_cast<std::size_t>(row.proposal)];
    Gate gate = kind().admit(in[row.proposal], proposals_[row.proposal]);
    if (gate == Gate::open && unfamiliar(said)) gate = Gate::unfamiliar;
    ++gated_[static_cast<std::size_t>(gate)];
    step_.rows.gated += gate != Gate::open;
    step_.rows.unusable += gate == Gate::not_finite;
    row.score = gate == Gate::open ? score_of(said, calibration_) : std::numeric_limits<double>::infinity();
    controller_.record_candidate(row.score);
  }
}

/// The worse of the calibrated signals [tolerances].
double HybridSolver::score_of(const surrogate::Signals& signals, const Calibration& calibration) const {
  const double unit = options_.switching.tolerance;
  double error = calibration.predicted_error(signals.predicted_error / unit);
  if (surrogate_->has_second()) error = std::max(error, calibration.disagreement(signals.disagreement / unit));
  return error / controller_.tightness();
}

/// Beyond what the surrogate was trained on, no score means anything. The other policies know no such caution.
bool HybridSolver::unfamiliar(const surrogate::Signals& signals) const {
  return options_.switching.policy == control::Policy::certified && !(signals.distance <= 1.0);
}

void HybridSolver::decide(std::int64_t step) {
  core::ScopedTimer timer(step_.seconds.inference);
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    const double score = cases_[i].score;
    cases_[i].accepted = score >= 0.0 && std::isfinite(score) && controller_.accepts(step, ids_[i], score);
  }
}

/// Has the rejected and the audited rows solved by physics; if their audits refute the accepted answers, all the
/// others as well. Commits what stands.
subproblem::BatchReport HybridSolver::answer(Batch& batch) {
  subproblem::BatchReport report;
  const auto solve_by_physics = [&](const std::vector<std::size_t>& cases, core::RowTable& truth,
                                    std::vector<double>& seconds) {
    core::RowTable in(inputs_.width());
    std::vector<std::int64_t> id;
    for (const auto i : cases) {
      in.append(inputs_[static_cast<std::int64_t>(i)]);
      id.push_back(ids_[i]);
    }
    truth.resize(in.size());
    seconds.assign(cases.size(), 0.0);
    Batch to_physics{.in = in.rows(), .out = truth.rows(), .id = id, .step = batch.step, .seconds = seconds};
    auto solved = physics_.solve(to_physics);
    std::ranges::move(solved.failures, std::back_inserter(report.failures));
    report.retries += solved.retries;
    step_.seconds.balance += physics_.overhead_seconds();
  };
  const auto settle = [&](const std::vector<std::size_t>& cases, const core::RowTable& truth,
                          const std::vector<double>& seconds) {
    for (std::size_t j = 0; j < cases.size(); ++j)
      settle_with_physics(batch, cases_[cases[j]], inputs_[static_cast<std::int64_t>(cases[j])],
                          truth[static_cast<std::int64_t>(j)], seconds[j]);
  };

  std::vector<std::size_t> checked, unchecked;
  for (std::size_t i = 0; i < cases_.size(); ++i)
    (cases_[i].accepted && !cases_[i].audited ? unchecked : checked).push_back(i);
  core::RowTable truth(proposals_.width()), more_truth(proposals_.width());
  std::vector<double> seconds, more_seconds;
  solve_by_physics(checked, truth, seconds);
  if (withdraws(batch.step, truth, checked)) {
    solve_by_physics(unchecked, more_truth, more_seconds);
    for (auto& row : cases_) row.withdrawn = std::exchange(row.accepted, false);
    settle(unchecked, more_truth, more_seconds);
  }
  settle(checked, truth, seconds);
  for (const auto& row : cases_) {
    if (row.inert) continue;
    (row.accepted ? step_.rows.accepted : step_.rows.rejected) += 1;
    if (!row.accepted || row.audited) continue;
    std::ranges::copy(proposals_[row.proposal], batch.out[row.row].begin());
    note_provenance(batch, row, -1.0);
  }
  return report;
}

/// Records the step's audits. Then the commit test: those of all ranks decide whether the accepted answers of the
/// step stand. Collective.
bool HybridSolver::withdraws(std::int64_t step, const core::RowTable& truth,
                             const std::vector<std::size_t>& checked) {
  std::array<std::int64_t, 2> audits{};  // accepted ones, and the wrong ones among them
  for (std::size_t j = 0; j < checked.size(); ++j) {
    const auto& row = cases_[checked[j]];
    if (!row.audited || row.proposal < 0 || !std::isfinite(row.score)) continue;
    const double error = error_of(proposals_[row.proposal], truth[static_cast<std::int64_t>(j)]);
    controller_.record_audit(row.score, error);
    audits[0] += row.accepted;
    audits[1] += row.accepted && error > 1.0;
  }
  if (step_.standing != control::Standing::on) return false;
  core::ScopedTimer timer(step_.seconds.communication);
  comm_.sum_in_place(std::span<std::int64_t>(audits));
  if (controller_.stand(step, audits[0], audits[1])) return false;
  log_.warn("step {}: {} of {} audits of its accepted answers were wrong: physics answers the whole step", step,
            audits[1], audits[0]);
  return true;
}

/// Commits a physics answer, books it, and keeps it for learning.
void HybridSolver::settle_with_physics(Batch& batch, const Case& row, std::span<const double> in,
                                       std::span<const double> truth, double seconds) {
  (row.inert ? step_.seconds.inert_audit : row.accepted ? step_.seconds.audit : step_.seconds.physics) += seconds;
  const bool comparable = row.proposal >= 0 && std::isfinite(row.score);
  const double error = comparable ? error_of(proposals_[row.proposal], truth) : -1.0;
  account(row, in, truth, error);
  if (row.inert) return;  // the audit only measures what the identity is worth
  std::ranges::copy(truth, batch.out[row.row].begin());
  note_provenance(batch, row, row.audited ? error : -1.0);

  const std::int64_t id = batch.id[static_cast<std::size_t>(row.row)];
  const bool judges = surrogate_ && judged_by(id);
  if (moves_rows() && !judges && batch.step >= 0) perturbed_->offer(kind(), in, id, batch.step);
  if (!surrogate_) return;
  if (judges) {
    if (row.audited) calibration_rows_.add(in, truth);
  } else {
    learner_->remember({in.data(), 1, std::ssize(in)}, {truth.data(), 1, std::ssize(truth)}, {&id, 1}, batch.step);
  }
}

/// One cell in four judges candidates by its audited rows and trains none, whatever the step: rows of one cell in two
/// steps are nearly the same.
bool HybridSolver::judged_by(std::int64_t id) const {
  return core::random_bits(options_.seed, core::Purpose::calibration, 0, static_cast<std::uint64_t>(id)) % 4 == 0;
}

bool HybridSolver::moves_rows() const {
  return perturbed_ && (options_.keeps_rows || (learner_ && learner_->learns()));
}

/// Has physics answer moved copies of some of its rows, to learn from them as well. Collective.
void HybridSolver::solve_perturbed(std::int64_t step) {
  core::ScopedTimer timer(step_.seconds.training);
  perturbed_->solve(physics_, step);
  if (learner_) learner_->remember(perturbed_->in(), perturbed_->out(), perturbed_->id(), step);
}

/// Counts what a physics answer tells about the surrogate's, or about an inert row. error: -1 if there is no answer
/// to compare with.
void HybridSolver::account(const Case& row, std::span<const double> in, std::span<const double> truth, double error) {
  auto& rows = step_.rows;
  if (row.inert) {
    ++rows.inert_audited;
    rows.inert_wrong += error_of(in.first(truth.size()), truth) > 1.0;
    return;
  }
  if (row.withdrawn) {
    ++rows.withdrawn;
    rows.withdrawn_wrong += error > 1.0;
    rows.withdrawn_found += row.audited && error > 1.0;
  }
  if (row.accepted) {
    ++rows.audited;
    rows.audited_wrong += error > 1.0;
    errors_.add(proposals_[row.proposal], truth, step_.audit_chance);
  }
}

/// Solves the accepted rows that were not audited as well, to count the wrong ones; changes nothing else.
void HybridSolver::verify(const Batch& batch) {
  core::ScopedTimer timer(step_.seconds.verification);
  core::RowTable in(inputs_.width());
  core::RowTable answers(proposals_.width());
  std::vector<std::int64_t> id;
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    if (!cases_[i].accepted || cases_[i].audited) continue;
    in.append(inputs_[static_cast<std::int64_t>(i)]);
    answers.append(proposals_[cases_[i].proposal]);
    id.push_back(ids_[i]);
  }
  core::RowTable truth(proposals_.width(), in.size());
  Batch extra{.in = in.rows(), .out = truth.rows(), .id = id, .step = batch.step};
  physics_.solve(extra);
  for (std::int64_t i = 0; i < in.size(); ++i) step_.rows.verified_wrong += error_of(answers[i], truth[i]) > 1.0;
  step_.rows.verified = in.size() + step_.rows.audited;
  step_.rows.verified_wrong += step_.rows.audited_wrong;
}

void HybridSolver::note_provenance(Batch& batch, const Case& row, double audited_error) const {
  if (batch.provenance.empty()) return;
  auto& provenance = batch.provenance[static_cast<std::size_t>(row.row)];
  const bool asked = row.proposal >= 0;
  provenance.answerer = row.inert      ? Answerer::inert
                        : row.accepted ? (row.audited ? Answerer::audit : Answerer::surrogate)
                                       : Answerer::physics;
  provenance.version = asked ? surrogate_->version() : -1;
  provenance.score = asked && std::isfinite(row.score) ? row.score : -1.0;
  provenance.audited_error = audited_error;
}

double HybridSolver::error_of(std::span<const double> answer, std::span<const double> truth) const {
  return control::scaled_error(answer, truth, scale_, options_.switching.tolerance);
}

control::Certificate HybridSolver::certificate() const {
  return control::certify(strata_, options_.switching.confidence);
}

std::vector<OutputError> HybridSolver::output_errors() const {
  auto sums = std::vector<double>(errors_.sums().begin(), errors_.sums().end());
  comm_.sum_in_place(std::span<double>(sums));
  std::vector<OutputError> errors;
  for (const auto& estimate : control::ErrorAccount::estimates(sums))
    errors.push_back({signature_.outputs[errors.size()].name, estimate});
  return errors;
}

std::array<std::int64_t, subproblem::n_gates> HybridSolver::gated() const {
  auto counts = gated_;
  comm_.sum_in_place(std::span<std::int64_t>(counts));
  return counts;
}

}  // namespace bimetal::hybrid
