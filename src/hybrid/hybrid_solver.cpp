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
using subproblem::Shortcut;
using surrogate::Surrogate;

namespace {

/// The key of the audit coins. A model that an earlier run has taught depends on that run's coins, so it must not
/// meet the same ones again, as it would if all runs had the same seed.
std::uint64_t coin_key(std::uint64_t seed, const std::optional<Surrogate>& surrogate) {
  return core::random_bits(seed, core::Purpose::audit, surrogate ? surrogate->fingerprint() : 0, 0);
}

/// In the order of their numbers.
std::vector<std::string> names_of_gates(const subproblem::Kind& kind) {
  std::vector<std::string> names{"open", "not finite", "far from the training data"};
  std::ranges::copy(kind.gates(), std::back_inserter(names));
  return names;
}

}  // namespace

HybridSolver::HybridSolver(std::unique_ptr<subproblem::SubproblemSolver> reference,
                           std::optional<Surrogate> surrogate, const HybridOptions& options, const Crew& crew,
                           core::Log log)
    : options_(options),
      comm_(crew.own()),
      log_(std::move(log)),
      physics_(std::move(reference), comm_),
      surrogate_(std::move(surrogate)),
      controller_(options.switching, coin_key(options.seed, surrogate_)),
      calibration_rows_(options.schedule.calibration_rows, std::ssize(kind().signature().inputs),
                        std::ssize(kind().signature().outputs)),
      signature_(kind().signature()),
      inputs_(std::ssize(signature_.inputs)),
      proposals_(std::ssize(signature_.outputs)),
      answered_in_(std::ssize(signature_.inputs)),
      answered_truth_(std::ssize(signature_.outputs)),
      errors_(signature_.outputs.size()),
      gate_names_(names_of_gates(kind())),
      gated_(gate_names_.size()),
      drift_then_(signature_.outputs.size(), 0.0) {
  for (const auto& output : signature_.outputs) scale_.push_back(output.scale);
  if (options.schedule.perturbed > 0.0)
    perturbed_.emplace(signature_, options.schedule.perturbed, options.switching.tolerance, options.seed);
  if (surrogate_) learner_ = make_learner(options, crew, signature_, *surrogate_, log_);
  if (surrogate_ && (surrogate_->warm() || options.schedule.placement == Placement::off)) {
    surrogate_->promote(Surrogate::Weights::candidate);
    controller_.serve({});
  }
}

subproblem::BatchReport HybridSolver::solve(Batch& batch) {
  EXPECT(fits(batch, signature_));
  controller_.begin_solve();
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
  list_rows(batch);
  const auto asking = whom_to_ask(batch.step);
  take_shortcuts(batch, asking == Asking::all_rows ? Which::likely_at_rest : Which::all);
  ask_surrogate(asking);
  decide();
  take_shortcuts(batch, Which::all);
  record_candidates();
  auto report = answer(batch);
  if (moves_rows()) solve_perturbed(batch.step);
  if (options_.verify == Verify::yes) verify(batch, report);
  close_step(batch.step);
  if (surrogate_) train(batch.step);
  if (batch.step >= 0) rows_.add(step_.rows);  // a rehearsal costs time, but its answers are taken back
  seconds_.add(step_.seconds);
  window_cost_.add(step_.seconds);
  return report;
}

/// Answers the rows that are inert for certain and lists the others, with their inputs and their audit coins.
void HybridSolver::list_rows(Batch& batch) {
  core::ScopedTimer timer(step_.seconds.physics);  // pure physics looks for inert rows as well
  cases_.clear();
  inputs_.clear();
  answered_in_.clear();
  answered_truth_.clear();
  ids_.clear();
  for (std::int64_t i = 0; i < batch.in.size(); ++i) {
    const auto in = batch.in[i];
    const std::int64_t id = batch.id[static_cast<std::size_t>(i)];
    Case row{.row = i};
    if (kind().surely_inert(in, options_.switching.tolerance)) {
      signature_.copy_base(in, batch.out[i]);
      commit_shortcut(batch, row, id, Shortcut::inert);
      if (!row.audited) continue;
    } else {
      row.audited = surrogate_ && controller_.audits(id);
    }
    cases_.push_back(row);
    inputs_.append(in);
    ids_.push_back(id);
  }
  step_.rows.total = batch.in.size();
}

/// Answers the rows that need no solver, each looked at once. An answer of the surrogate that stands spares a row the
/// evaluation of the rates that this takes.
void HybridSolver::take_shortcuts(Batch& batch, Which which) {
  core::ScopedTimer timer(step_.seconds.physics);
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    auto& row = cases_[i];
    if (row.shortcut != Shortcut::none || row.accepted || row.looked_at) continue;
    const auto in = inputs_[static_cast<std::int64_t>(i)];
    if (which == Which::likely_at_rest && !kind().likely_at_rest(in)) continue;
    row.looked_at = true;
    const auto found = kind().shortcut(in, options_.switching.tolerance, batch.out[row.row]);
    if (found == Shortcut::none) continue;
    if (found == Shortcut::inert) signature_.copy_base(in, batch.out[row.row]);
    commit_shortcut(batch, row, ids_[i], found);
  }
}

/// Books a row that needed no solver. Its audit, ten times as rare as others, only measures.
void HybridSolver::commit_shortcut(Batch& batch, Case& row, std::int64_t id, Shortcut found) {
  (found == Shortcut::inert ? step_.rows.inert : step_.rows.explicit_steps) += 1;
  row.shortcut = found;
  row.accepted = false;
  row.audited = surrogate_ && controller_.audits_inert(id);
  note_provenance(batch, row, -1.0);
}

/// Whose answers are wanted. Rehearsals are left to physics, so that they are no evidence.
Asking HybridSolver::whom_to_ask(std::int64_t step) const {
  return surrogate_serves() && step >= 0 ? controller_.asks(step) : Asking::nobody;
}

/// Proposals and scores for the rows the controller wants to know about; an answer that fails a gate gets an infinite
/// score.
void HybridSolver::ask_surrogate(Asking asking) {
  if (asking == Asking::nobody) return;
  core::ScopedTimer timer(step_.seconds.inference);
  core::RowTable in(inputs_.width());
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    auto& row = cases_[i];
    if (row.shortcut != Shortcut::none || (asking == Asking::audited_rows && !row.audited)) continue;
    const auto input = inputs_[static_cast<std::int64_t>(i)];
    if (!kind().answerable(input)) continue;
    row.proposal = in.size();
    in.append(input);
  }
  proposals_.resize(in.size());
  std::vector<surrogate::Signals> signals(static_cast<std::size_t>(in.size()));
  surrogate_->predict(Surrogate::Weights::serving, in.rows(), proposals_.rows(), signals);
  step_.rows.asked = in.size();
  for (auto& row : cases_) {
    if (row.proposal < 0) continue;
    const auto& said = signals[static_cast<std::size_t>(row.proposal)];
    const auto proposal = proposals_[row.proposal];
    row.gate = gate_of(in[row.proposal], proposal, said);
    step_.rows.unusable += row.gate == Gate::not_finite;
    const bool open = row.gate == Gate::open;
    row.score = open ? score_of(said, calibration_) : std::numeric_limits<double>::infinity();
  }
}

/// Evidence about the rows that were asked about and took no shortcut.
void HybridSolver::record_candidates() {
  for (const auto& row : cases_) {
    if (row.proposal < 0 || row.shortcut != Shortcut::none) continue;
    ++gated_[static_cast<std::size_t>(row.gate)];
    step_.rows.gated += row.gate != Gate::open;
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

/// Makes an answer of the surrogate physical, or says what stops it.
Gate HybridSolver::gate_of(std::span<const double> in, std::span<double> proposal,
                           const surrogate::Signals& signals) {
  const auto gate = kind().admit(in, proposal, options_.switching.tolerance);
  return gate == Gate::open && unfamiliar(signals) ? Gate::unfamiliar : gate;
}

void HybridSolver::decide() {
  for (auto& row : cases_)
    row.accepted = row.score >= 0.0 && std::isfinite(row.score) && controller_.accepts(row.score);
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
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    const auto& row = cases_[i];
    if (row.audited || (row.shortcut == Shortcut::none && !row.accepted))
      checked.push_back(i);
    else if (row.accepted)
      unchecked.push_back(i);
  }
  core::RowTable truth(proposals_.width()), more_truth(proposals_.width());
  std::vector<double> seconds, more_seconds;
  solve_by_physics(checked, truth, seconds);
  step_.withdrawn = withdraws(batch.step, truth, checked);
  if (step_.withdrawn) {
    solve_by_physics(unchecked, more_truth, more_seconds);
    for (auto& row : cases_) row.withdrawn = std::exchange(row.accepted, false);
    settle(unchecked, more_truth, more_seconds);
  }
  settle(checked, truth, seconds);
  for (const auto& row : cases_) {
    if (row.shortcut != Shortcut::none) continue;
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
    if (!row.audited || !comparable(row)) continue;
    const double error = error_of(proposals_[row.proposal], truth[static_cast<std::int64_t>(j)]);
    controller_.record_audit(row.score, error);
    audits[0] += row.accepted;
    audits[1] += row.accepted && error > 1.0;
  }
  if (step_.standing != control::Standing::on) return false;
  core::ScopedTimer timer(step_.seconds.communication);
  comm_.sum_in_place(std::span<std::int64_t>(audits));
  if (controller_.commit_test(audits[0], audits[1])) return false;
  log_.warn("step {}: {} of {} audits of its accepted answers were wrong: physics answers the whole step", step,
            audits[1], audits[0]);
  return true;
}

/// Commits a physics answer, books it, and keeps it for learning.
void HybridSolver::settle_with_physics(Batch& batch, const Case& row, std::span<const double> in,
                                       std::span<const double> truth, double seconds) {
  const bool only_measured = row.shortcut != Shortcut::none;
  (only_measured ? step_.seconds.inert_audit : row.accepted ? step_.seconds.audit : step_.seconds.physics) += seconds;
  if (only_measured) {
    account_for_shortcut(row, error_of(batch.out[row.row], truth));
    return;
  }
  const double error = comparable(row) ? error_of(proposals_[row.proposal], truth) : -1.0;
  account(row, truth, error);
  std::ranges::copy(truth, batch.out[row.row].begin());
  note_provenance(batch, row, row.audited ? error : -1.0);

  if (!kind().answerable(in)) {
    ++step_.rows.unanswerable;
    return;
  }
  const std::int64_t id = batch.id[static_cast<std::size_t>(row.row)];
  if (moves_rows() && batch.step >= 0) perturbed_->offer(kind(), in, id, batch.step);
  if (!surrogate_) return;
  answered_in_.append(in);
  answered_truth_.append(truth);
  if (row.audited) calibration_rows_.add(in, truth);
  learner_->remember({in.data(), 1, std::ssize(in)}, {truth.data(), 1, std::ssize(truth)}, {&id, 1}, batch.step);
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

/// Counts what an audit tells about an inert or an explicit row.
void HybridSolver::account_for_shortcut(const Case& row, double error) {
  auto& rows = step_.rows;
  const bool inert = row.shortcut == Shortcut::inert;
  (inert ? rows.inert_audited : rows.explicit_audited) += 1;
  (inert ? rows.inert_wrong : rows.explicit_wrong) += error > 1.0;
}

/// Counts what a physics answer tells about the surrogate's. error: -1 if there is no answer to compare with.
void HybridSolver::account(const Case& row, std::span<const double> truth, double error) {
  auto& rows = step_.rows;
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
void HybridSolver::verify(const Batch& batch, subproblem::BatchReport& report) {
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
  std::ranges::move(physics_.solve(extra).failures, std::back_inserter(report.failures));
  for (std::int64_t i = 0; i < in.size(); ++i) step_.rows.verified_wrong += error_of(answers[i], truth[i]) > 1.0;
  step_.rows.verified = in.size() + step_.rows.audited;
  step_.rows.verified_wrong += step_.rows.audited_wrong;
}

void HybridSolver::note_provenance(Batch& batch, const Case& row, double audited_error) const {
  if (batch.provenance.empty()) return;
  auto& provenance = batch.provenance[static_cast<std::size_t>(row.row)];
  const bool asked = row.proposal >= 0;
  provenance.answerer = row.shortcut == Shortcut::inert           ? Answerer::inert
                        : row.shortcut == Shortcut::explicit_step ? Answerer::explicit_step
                        : row.accepted ? (row.audited ? Answerer::audit : Answerer::surrogate)
                                       : Answerer::physics;
  provenance.version = asked ? surrogate_->version() : -1;
  provenance.score = asked && std::isfinite(row.score) ? row.score : -1.0;
  provenance.audited_error = audited_error;
}

double HybridSolver::error_of(std::span<const double> answer, std::span<const double> truth) const {
  return control::scaled_error(answer, truth, scale_, options_.switching.tolerance);
}

std::vector<OutputError> HybridSolver::output_errors() const {
  auto sums = std::vector<double>(errors_.sums().begin(), errors_.sums().end());
  comm_.sum_in_place(std::span<double>(sums));
  std::vector<OutputError> errors;
  for (const auto& estimate : control::ErrorAccount::estimates(sums))
    errors.push_back({signature_.outputs[errors.size()].name, estimate});
  return errors;
}

std::vector<GateCount> HybridSolver::gated() const {
  auto counts = gated_;
  comm_.sum_in_place(std::span<std::int64_t>(counts));
  std::vector<GateCount> stopped;
  for (std::size_t g = 1; g < counts.size(); ++g) stopped.push_back({gate_names_[g], counts[g]});
  return stopped;
}

}  // namespace bimetal::hybrid
