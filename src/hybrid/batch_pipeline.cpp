#include "hybrid/batch_pipeline.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>

#include "core/error.hpp"
#include "core/row_or_none.hpp"
#include "core/timer.hpp"

namespace bimetal::hybrid {

using control::Asking;
using subproblem::Answerer;
using subproblem::Batch;
using subproblem::Gate;
using subproblem::Iterate;
using subproblem::Shortcut;

namespace {

/// In the order of their numbers.
std::vector<std::string> names_of_gates(const subproblem::Kind& kind) {
  std::vector<std::string> names{"open", "not finite", "far from the training data"};
  std::ranges::copy(kind.gates(), std::back_inserter(names));
  return names;
}

}  // namespace

BatchPipeline::BatchPipeline(BalancedSolver& physics, Versions* versions, control::SwitchController& controller,
                             AnswerCheck& check, double tolerance, parallel::Communicator comm, core::Log log)
    : physics_(&physics),
      versions_(versions),
      controller_(&controller),
      check_(&check),
      tolerance_(tolerance),
      comm_(std::move(comm)),
      log_(std::move(log)),
      gate_names_(names_of_gates(physics.kind())),
      gated_(gate_names_.size()),
      in_(std::ssize(physics.kind().signature().inputs)),
      proposals_(std::ssize(physics.kind().signature().outputs)) {}

/// Rehearsals are left to physics, so that they are no evidence. In an iteration, as in its first batch.
Asking BatchPipeline::whom_to_ask(const Batch& batch) const {
  if (batch.iterate == Iterate::next) {
    REQUIRE(by_surrogate_.size() == batch.id.size());
    return asking_;
  }
  const bool asks = versions_ && versions_->serves() && batch.step >= 0;
  return asks ? controller_->asks(batch.step) : Asking::nobody;
}

Sorted BatchPipeline::sort(Batch& batch, StepReport& report) {
  const Sorted sorted{{&batch, &report}, asking_ = whom_to_ask(batch)};
  {
    core::ScopedTimer timer(report.seconds.physics);  // pure physics looks for inert rows as well
    rows_.clear();
    in_.clear();
    for (std::int64_t i = 0; i < batch.in.size(); ++i) {
      const auto in = batch.in[i];
      RowOfStep row{.row = i, .id = batch.id[static_cast<std::size_t>(i)]};
      if (kind().surely_inert(in, tolerance_)) {
        kind().signature().copy_base(in, batch.out[i]);
        book_shortcut(sorted, row, Shortcut::inert);
        if (!row.audited) continue;
      } else {
        row.audited = versions_ && controller_->audits(row.id);
      }
      rows_.push_back(row);
      in_.append(in);
    }
    report.rows.total = batch.in.size();
  }
  take_shortcuts(sorted, sorted.asking == Asking::all_rows ? Which::likely_at_rest : Which::all);
  return sorted;
}

/// Answers the rows that need no solver, each looked at once. An answer of the surrogate that stands spares a row the
/// evaluation of the rates that this takes.
void BatchPipeline::take_shortcuts(const Stage& stage, Which which) {
  core::ScopedTimer timer(stage.report->seconds.physics);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    auto& row = rows_[i];
    if (row.shortcut != Shortcut::none || row.accepted || row.looked_at) continue;
    const auto in = in_[static_cast<std::int64_t>(i)];
    if (which == Which::likely_at_rest && !kind().likely_at_rest(in)) continue;
    row.looked_at = true;
    const auto out = stage.batch->out[row.row];
    const auto found = kind().shortcut(in, tolerance_, out);
    if (found == Shortcut::inert) kind().signature().copy_base(in, out);
    if (found != Shortcut::none) book_shortcut(stage, row, found);
  }
}

/// Books a row that needed no solver. Its audit, ten times as rare as others, only measures.
void BatchPipeline::book_shortcut(const Stage& stage, RowOfStep& row, Shortcut found) {
  auto& counts = stage.report->rows;
  (found == Shortcut::inert ? counts.inert : counts.explicit_steps) += 1;
  row.shortcut = found;
  row.audited = versions_ && controller_->audits_inert(row.id);
  note_provenance(*stage.batch, row, -1.0);
}

/// An answer that fails a gate gets an infinite score.
Asked BatchPipeline::ask(const Sorted& sorted) {
  const Asked asked{sorted};
  proposals_.clear();
  if (sorted.asking == Asking::nobody) return asked;
  core::ScopedTimer timer(sorted.report->seconds.inference);
  core::RowTable in(in_.width());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    auto& row = rows_[i];
    if (row.shortcut != Shortcut::none || (sorted.asking == Asking::audited_rows && !row.audited)) continue;
    const auto input = in_[static_cast<std::int64_t>(i)];
    if (!kind().answerable(input)) continue;
    row.proposal = in.size();
    in.append(input);
  }
  proposals_.resize(in.size());
  std::vector<surrogate::Signals> signals(static_cast<std::size_t>(in.size()));
  versions_->predict(in.rows(), proposals_.rows(), signals);
  auto& counts = sorted.report->rows;
  counts.asked = in.size();
  for (auto& row : rows_) {
    if (row.proposal < 0) continue;
    const auto& said = signals[static_cast<std::size_t>(row.proposal)];
    row.gate = check_->admit(in[row.proposal], proposals_[row.proposal], said);
    row.score = row.gate == Gate::open ? versions_->score(said) : std::numeric_limits<double>::infinity();
    counts.unusable += row.gate == Gate::not_finite;
  }
  return asked;
}

Decided BatchPipeline::decide(const Asked& asked) {
  for (auto& row : rows_) row.accepted = accepts(row, asked.batch->iterate);
  take_shortcuts(asked, Which::all);
  record_candidates(*asked.report);
  return {asked};
}

/// In an iteration, as decided in its first batch unless a gate is in the way.
bool BatchPipeline::accepts(const RowOfStep& row, Iterate iterate) const {
  if (row.score < 0.0 || !std::isfinite(row.score)) return false;
  return iterate == Iterate::next ? by_surrogate_[static_cast<std::size_t>(row.row)]
                                  : controller_->accepts(row.score);
}

/// Evidence about the rows that were asked about and took no shortcut.
void BatchPipeline::record_candidates(StepReport& report) {
  for (const auto& row : rows_) {
    if (row.proposal < 0 || row.shortcut != Shortcut::none) continue;
    const auto gate = static_cast<std::size_t>(row.gate);
    REQUIRE(gate < gated_.size());
    ++gated_[gate];
    report.rows.gated += row.gate != Gate::open;
    controller_->record_candidate(row.score);
  }
}

/// First the rejected and the audited rows; if their audits refute the accepted answers, all the others as well.
Solved BatchPipeline::solve(const Decided& decided) {
  std::vector<std::size_t> checked, unchecked;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto& row = rows_[i];
    if (row.audited || (row.shortcut == Shortcut::none && !row.accepted))
      checked.push_back(i);
    else if (row.accepted)
      unchecked.push_back(i);
  }
  Solved solved{decided, {}, {}};
  solved.by_physics.push_back(solve_by_physics(solved, std::move(checked)));
  solved.report->withdrawn = !audits_bear_out(decided, solved.by_physics.front());
  if (!solved.report->withdrawn) return solved;
  solved.by_physics.push_back(solve_by_physics(solved, std::move(unchecked)));
  for (auto& row : rows_) row.withdrawn = std::exchange(row.accepted, false);
  return solved;
}

PhysicsAnswers BatchPipeline::solve_by_physics(Solved& solved, std::vector<std::size_t> rows) {
  const auto& batch = *solved.batch;
  PhysicsAnswers answers(proposals_.width(), batch.memory_out.width());
  core::RowTable in(in_.width()), memory(batch.memory.width());
  std::vector<std::int64_t> id;
  for (const auto i : rows) {
    in.append(in_[static_cast<std::int64_t>(i)]);
    memory.append(core::row_or_none(batch.memory, rows_[i].row));
    id.push_back(rows_[i].id);
  }
  answers.out.resize(in.size());
  answers.memory.resize(in.size());
  answers.seconds.assign(rows.size(), 0.0);
  answers.rows = std::move(rows);
  Batch to_physics{.in = in.rows(),
                   .out = answers.out.rows(),
                   .id = id,
                   .step = batch.step,
                   .seconds = answers.seconds,
                   .memory = memory.rows(),
                   .memory_out = answers.memory.rows()};
  auto report = physics_->solve(to_physics);
  std::ranges::move(report.failures, std::back_inserter(solved.failures.failures));
  solved.failures.retries += report.retries;
  solved.report->seconds.balance += physics_->overhead_seconds();
  return answers;
}

/// Records the step's audits. Then the commit test: those of all ranks decide whether the accepted answers of the
/// step stand. Collective.
bool BatchPipeline::audits_bear_out(const Stage& stage, const PhysicsAnswers& answers) {
  std::array<std::int64_t, 2> audits{};  // accepted ones, and the wrong ones among them
  for (std::size_t j = 0; j < answers.rows.size(); ++j) {
    const auto& row = rows_[answers.rows[j]];
    if (!row.audited || !row.comparable()) continue;
    const double error = check_->error(proposals_[row.proposal], answers.out[static_cast<std::int64_t>(j)]);
    controller_->record_audit(row.score, error);
    audits[0] += row.accepted;
    audits[1] += row.accepted && error > 1.0;
  }
  if (stage.report->standing != control::Standing::on) return true;
  core::ScopedTimer timer(stage.report->seconds.communication);
  comm_.sum_in_place(std::span<std::int64_t>(audits));
  if (controller_->commit_test(audits[0], audits[1])) return true;
  log_.event("drift",
             "step {}: drift: {} of the {} accepted answers that were audited are wrong, so that physics answers the "
             "whole step",
             stage.batch->step, audits[1], audits[0]);
  return false;
}

Committed BatchPipeline::commit(Solved solved) {
  if (solved.batch->iterate != Iterate::none) remember_decisions(solved);
  Committed committed(in_.width(), proposals_.width());
  committed.failures = std::move(solved.failures);
  if (solved.batch->memory.size() > 0 && solved.batch->memory_out.size() > 0)
    std::ranges::copy(solved.batch->memory.flat(), solved.batch->memory_out.flat().begin());
  // What the surrogate would have answered first.
  for (auto answers = solved.by_physics.rbegin(); answers != solved.by_physics.rend(); ++answers)
    for (std::size_t j = 0; j < answers->rows.size(); ++j) commit_physics(solved, *answers, j, committed);
  auto& counts = solved.report->rows;
  for (const auto& row : rows_) {
    if (row.shortcut != Shortcut::none) continue;
    (row.accepted ? counts.accepted : counts.rejected) += 1;
    if (!row.accepted || row.audited) continue;
    std::ranges::copy(proposals_[row.proposal], solved.batch->out[row.row].begin());
    note_provenance(*solved.batch, row, -1.0);
  }
  return committed;
}

/// Commits and books the j-th of some answers of physics, and keeps it for learning.
void BatchPipeline::commit_physics(const Stage& stage, const PhysicsAnswers& answers, std::size_t j,
                                   Committed& committed) {
  const auto& row = rows_[answers.rows[j]];
  const auto in = in_[static_cast<std::int64_t>(answers.rows[j])];
  const auto truth = answers.out[static_cast<std::int64_t>(j)];
  const auto out = stage.batch->out[row.row];
  auto& counts = stage.report->rows;
  auto& seconds = stage.report->seconds;
  if (row.shortcut != Shortcut::none) {  // only measured
    seconds.inert_audit += answers.seconds[j];
    const bool inert = row.shortcut == Shortcut::inert;
    (inert ? counts.inert_audited : counts.explicit_audited) += 1;
    (inert ? counts.inert_wrong : counts.explicit_wrong) += check_->error(out, truth) > 1.0;
    return;
  }
  if (answers.memory.size() > 0)
    std::ranges::copy(answers.memory[static_cast<std::int64_t>(j)], stage.batch->memory_out[row.row].begin());
  (row.accepted ? seconds.audit : seconds.physics) += answers.seconds[j];
  const double error = row.comparable() ? check_->error(proposals_[row.proposal], truth) : -1.0;
  count_audit(*stage.report, row, error);
  const bool only_measures = row.accepted && stage.batch->iterate != Iterate::none;
  std::ranges::copy(only_measures ? std::span<const double>(proposals_[row.proposal]) : truth, out.begin());
  note_provenance(*stage.batch, row, row.audited ? error : -1.0);
  if (!kind().answerable(in)) {
    ++counts.unanswerable;
    return;
  }
  if (row.accepted) {
    committed.audits.push_back(committed.in.size());
    committed.proposals.append(proposals_[row.proposal]);
  }
  committed.in.append(in);
  committed.truth.append(truth);
  committed.id.push_back(row.id);
  committed.row.push_back(row.row);
  committed.audited.push_back(row.audited);
}

/// Where audits have refuted the accepted answers, the surrogate is asked about audited rows only from here on.
void BatchPipeline::remember_decisions(const Stage& stage) {
  if (stage.report->withdrawn) asking_ = Asking::audited_rows;
  by_surrogate_.assign(stage.batch->id.size(), false);
  for (const auto& row : rows_) by_surrogate_[static_cast<std::size_t>(row.row)] = row.accepted;
}

/// Counts what a physics answer tells about the surrogate's. error: -1 if there is no answer to compare with.
void BatchPipeline::count_audit(StepReport& report, const RowOfStep& row, double error) {
  auto& counts = report.rows;
  if (row.withdrawn) {
    ++counts.withdrawn;
    counts.withdrawn_wrong += error > 1.0;
    counts.withdrawn_found += row.audited && error > 1.0;
  }
  if (row.accepted) {
    ++counts.audited;
    counts.audited_wrong += error > 1.0;
  }
}

void BatchPipeline::verify(const Batch& batch, StepReport& report, subproblem::BatchReport& failures) {
  core::ScopedTimer timer(report.seconds.verification);
  core::RowTable in(in_.width()), memory(batch.memory.width());
  core::RowTable answers(proposals_.width());
  std::vector<std::int64_t> id;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto& row = rows_[i];
    if (!row.accepted || row.audited) continue;
    in.append(in_[static_cast<std::int64_t>(i)]);
    memory.append(core::row_or_none(batch.memory, row.row));
    answers.append(proposals_[row.proposal]);
    id.push_back(row.id);
  }
  core::RowTable truth(proposals_.width(), in.size());
  Batch extra{.in = in.rows(), .out = truth.rows(), .id = id, .step = batch.step, .memory = memory.rows()};
  std::ranges::move(physics_->solve(extra).failures, std::back_inserter(failures.failures));
  auto& counts = report.rows;
  for (std::int64_t i = 0; i < in.size(); ++i) counts.verified_wrong += check_->error(answers[i], truth[i]) > 1.0;
  counts.verified = in.size() + counts.audited;
  counts.verified_wrong += counts.audited_wrong;
}

void BatchPipeline::note_provenance(Batch& batch, const RowOfStep& row, double audited_error) const {
  if (batch.provenance.empty()) return;
  auto& provenance = batch.provenance[static_cast<std::size_t>(row.row)];
  const bool asked = row.proposal >= 0;
  provenance.answerer = row.shortcut == Shortcut::inert           ? Answerer::inert
                        : row.shortcut == Shortcut::explicit_step ? Answerer::explicit_step
                        : row.accepted ? (row.audited ? Answerer::audit : Answerer::surrogate)
                                       : Answerer::physics;
  provenance.version = asked ? versions_->number() : -1;
  provenance.score = asked && std::isfinite(row.score) ? row.score : -1.0;
  provenance.audited_error = audited_error;
}

std::vector<GateCount> BatchPipeline::gated() const {
  auto counts = gated_;
  comm_.sum_in_place(std::span<std::int64_t>(counts));
  std::vector<GateCount> stopped;
  for (std::size_t g = 1; g < counts.size(); ++g) stopped.push_back({gate_names_[g], counts[g]});
  return stopped;
}

}  // namespace bimetal::hybrid
