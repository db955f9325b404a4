#include "hybrid/hybrid_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "control/scaled_error.hpp"
#include "core/error.hpp"
#include "core/timer.hpp"

namespace bimetal::hybrid {

using subproblem::Answerer;
using subproblem::Batch;
using subproblem::Gate;
using surrogate::Surrogate;

HybridSolver::HybridSolver(std::unique_ptr<subproblem::SubproblemSolver> reference,
                           std::optional<Surrogate> surrogate, const HybridOptions& options,
                           parallel::Communicator comm, core::Log log)
    : options_(options),
      comm_(comm),
      log_(std::move(log)),
      physics_(std::move(reference), comm),
      surrogate_(std::move(surrogate)),
      controller_(options.switching, options.seed),
      calibration_(options.schedule.calibration_rows, std::ssize(kind().signature().inputs),
                   std::ssize(kind().signature().outputs)),
      signature_(kind().signature()),
      inputs_(std::ssize(signature_.inputs)),
      proposals_(std::ssize(signature_.outputs)),
      error_sums_(2 * signature_.outputs.size(), 0.0) {
  for (const auto& output : signature_.outputs) scale_.push_back(output.scale);
}

subproblem::BatchReport HybridSolver::solve(Batch& batch) {
  EXPECT(fits(batch, signature_));
  step_ = StepReport();
  if (surrogate_serves()) step_.threshold = controller_.threshold().score;
  sort_rows(batch);
  ask_surrogate();
  decide(batch);
  auto report = answer(batch);
  if (options_.verify == Verify::yes) verify(batch);
  close_step(batch.step);
  if (surrogate_) train(batch.step);
  if (batch.step >= 0) rows_.add(step_.rows);  // a rehearsal costs time, but its answers are taken back
  seconds_.add(step_.seconds);
  return report;
}

/// Answers inert rows and lists the others, with copies of their inputs.
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
    }
    cases_.push_back(row);
    inputs_.append(in);
    ids_.push_back(id);
  }
  step_.rows.total = batch.in.size();
}

/// Proposals and scores for all active rows; an answer that fails a gate gets an infinite score.
void HybridSolver::ask_surrogate() {
  if (!surrogate_serves()) return;
  core::ScopedTimer timer(step_.seconds.inference);
  const auto n = std::ssize(cases_);
  proposals_.resize(n);
  std::vector<double> score(static_cast<std::size_t>(n));
  surrogate_->predict(Surrogate::Weights::serving, inputs_.rows(), proposals_.rows(), score);
  for (std::int64_t i = 0; i < n; ++i) {
    auto& row = cases_[static_cast<std::size_t>(i)];
    if (row.inert) continue;
    const Gate gate = kind().admit(inputs_[i], proposals_[i]);
    ++gated_[static_cast<std::size_t>(gate)];
    step_.rows.gated += gate != Gate::open;
    const double scaled = score[static_cast<std::size_t>(i)] / options_.switching.tolerance;
    row.score = gate == Gate::open && scaled >= 0.0 ? scaled : std::numeric_limits<double>::infinity();
  }
}

void HybridSolver::decide(const Batch& batch) {
  core::ScopedTimer timer(step_.seconds.inference);
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    auto& row = cases_[i];
    if (row.inert) continue;
    const bool asked = row.score >= 0.0;
    row.accepted = asked && row.score < std::numeric_limits<double>::infinity() && controller_.accepts(row.score);
    row.audited = surrogate_ && controller_.audits(batch.step, ids_[i]);
    if (asked) controller_.record_candidate(row.score);
    (row.accepted ? step_.rows.accepted : step_.rows.rejected) += 1;
  }
}

/// Commits the accepted proposals and has everything else, and the audited rows, solved by physics.
subproblem::BatchReport HybridSolver::answer(Batch& batch) {
  std::vector<std::size_t> asked;
  core::RowTable in(inputs_.width());
  std::vector<std::int64_t> id;
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    const auto& row = cases_[i];
    if (row.accepted) {
      const auto answer = proposals_[static_cast<std::int64_t>(i)];
      std::copy(answer.begin(), answer.end(), batch.out[row.row].begin());
      note_provenance(batch, row, -1.0);
    }
    if (row.accepted && !row.audited) continue;
    asked.push_back(i);
    in.append(inputs_[static_cast<std::int64_t>(i)]);
    id.push_back(ids_[i]);
  }
  core::RowTable truth(proposals_.width(), in.size());
  std::vector<double> seconds(asked.size(), 0.0);
  Batch to_physics{.in = in.rows(), .out = truth.rows(), .id = id, .step = batch.step, .seconds = seconds};
  auto report = physics_.solve(to_physics);
  step_.seconds.balance += physics_.overhead_seconds();

  for (std::size_t j = 0; j < asked.size(); ++j) {
    const auto at = static_cast<std::int64_t>(j);
    settle_with_physics(batch, cases_[asked[j]], in[at], truth.rows()[at], seconds[j]);
  }
  return report;
}

/// Books a physics answer: it is committed, compared with the surrogate's if there was one, and kept for learning.
void HybridSolver::settle_with_physics(Batch& batch, const Case& row, std::span<const double> in,
                                       std::span<const double> truth, double seconds) {
  const auto index = static_cast<std::int64_t>(&row - cases_.data());
  const bool compared = row.audited && row.score >= 0.0 && row.score < std::numeric_limits<double>::infinity();
  double error = -1.0;
  if (row.inert) {
    step_.seconds.inert_audit += seconds;
    ++step_.rows.inert_audited;
    step_.rows.inert_wrong += error_of(in.first(truth.size()), truth) > 1.0;
  } else {
    (row.accepted ? step_.seconds.audit : step_.seconds.physics) += seconds;
    if (compared) {
      error = error_of(proposals_[index], truth);
      controller_.record_audit(row.score, error);
    }
  }
  if (row.accepted) {
    ++step_.rows.audited;
    step_.rows.audited_wrong += error > 1.0;
    const auto answer = proposals_[index];
    for (std::size_t k = 0; k < truth.size(); ++k) {
      error_sums_[k] += std::abs(answer[k] - truth[k]);
      error_sums_[truth.size() + k] += answer[k] - truth[k];
    }
  }
  std::copy(truth.begin(), truth.end(), batch.out[row.row].begin());
  note_provenance(batch, row, error);
  if (!surrogate_ || row.inert) return;

  // Half of the audited rows, by the parity of their id, judge candidates and never train them.
  const std::int64_t id = batch.id[static_cast<std::size_t>(row.row)];
  if (row.audited && (id + batch.step) % 2 == 0) {
    calibration_.add(in, truth);
  } else {
    surrogate_->remember({in.data(), 1, std::ssize(in)}, {truth.data(), 1, std::ssize(truth)}, {&id, 1}, batch.step);
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
    answers.append(proposals_[static_cast<std::int64_t>(i)]);
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
  const bool asked = row.score >= 0.0;
  provenance.answerer = row.inert      ? Answerer::inert
                        : row.accepted ? (row.audited ? Answerer::audit : Answerer::surrogate)
                                       : Answerer::physics;
  provenance.version = asked ? surrogate_->version() : -1;
  provenance.score = asked && std::isfinite(row.score) ? row.score : -1.0;
  provenance.audited_error = audited_error;
}

/// Sums the step's counts over ranks and, at the end of a window, the evidence for the threshold.
void HybridSolver::close_step(std::int64_t step) {
  core::ScopedTimer timer(step_.seconds.communication);
  auto counts = step_.rows.to_array();
  comm_.sum_in_place(std::span<std::int64_t>(counts));
  step_.rows = control::RowCounts::from_array(counts);
  warn_of_bad_answers(step);
  if (!surrogate_serves() || !controller_.window_ends(step)) return;
  const auto before = controller_.threshold();
  comm_.sum_in_place(controller_.window_counts());
  controller_.close_window();
  report_switching(step, before);
}

/// Says in words why the surrogate was switched on or off.
void HybridSolver::report_switching(std::int64_t step, const control::Threshold& before) {
  const auto& now = controller_.threshold();
  if (before.score >= 0.0 && now.score < 0.0)
    log_.info("step {}: surrogate off: no threshold on its score keeps the wrong answers below {} %", step,
              100.0 * options_.switching.wrong_fraction);
  if (before.score < 0.0 && now.score >= 0.0)
    log_.info("step {}: surrogate on: {} of {} audits up to score {:.2g} were wrong, at most {:.1f} % of all", step,
              now.wrong, now.audits, now.score, 100.0 * now.wrong_upper_bound);
}

void HybridSolver::warn_of_bad_answers(std::int64_t step) {
  const std::int64_t active = step_.rows.accepted + step_.rows.rejected;
  if (2 * step_.rows.gated <= active || warned_of_ == surrogate_->version()) return;
  warned_of_ = surrogate_->version();
  log_.warn("step {}: the gates stopped {} of {} answers of surrogate version {} as unphysical; physics took over",
            step, step_.rows.gated, active, surrogate_->version());
}

double HybridSolver::error_of(std::span<const double> answer, std::span<const double> truth) const {
  return control::scaled_error(answer, truth, scale_, options_.switching.tolerance);
}

control::Certificate HybridSolver::certificate() const {
  return control::certify(rows_.accepted, rows_.audited, rows_.audited_wrong, options_.switching.audit_fraction,
                          options_.switching.confidence);
}

std::vector<OutputError> HybridSolver::output_errors() const {
  auto sums = error_sums_;
  comm_.sum_in_place(std::span<double>(sums));
  std::vector<OutputError> errors;
  const double n = static_cast<double>(std::max<std::int64_t>(rows_.audited, 1));
  for (std::size_t k = 0; k < scale_.size(); ++k) {
    errors.push_back({signature_.outputs[k].name, sums[k] / n, sums[scale_.size() + k] / n});
  }
  return errors;
}

std::array<std::int64_t, subproblem::n_gates> HybridSolver::gated() const {
  auto counts = gated_;
  comm_.sum_in_place(std::span<std::int64_t>(counts));
  return counts;
}

}  // namespace bimetal::hybrid
