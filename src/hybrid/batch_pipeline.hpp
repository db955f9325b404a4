#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "control/switch_controller.hpp"
#include "core/archive.hpp"
#include "core/log.hpp"
#include "core/rows.hpp"
#include "hybrid/answer_check.hpp"
#include "hybrid/balanced_solver.hpp"
#include "hybrid/step_report.hpp"
#include "hybrid/versions.hpp"
#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::hybrid {

/// A row that may need a solver, on its way through a step, and what is known about it.
struct RowOfStep {
  std::int64_t row;  // in the batch
  std::int64_t id;
  subproblem::Shortcut shortcut = subproblem::Shortcut::none;  // which has answered it
  bool looked_at = false;                                      // whether there is a shortcut
  bool audited = false;
  bool accepted = false;
  bool withdrawn = false;
  std::int64_t proposal = -1;                      // row of the proposals; -1: the surrogate was not asked
  double score = -1.0;                             // [tolerances]; -1: not asked; infinite: a gate stopped the answer
  subproblem::Gate gate = subproblem::Gate::open;  // that stopped the answer

  /// Whether there is an answer of the surrogate that physics' answer can be compared with.
  bool comparable() const { return shortcut == subproblem::Shortcut::none && proposal >= 0 && std::isfinite(score); }
};

/// What physics answered to some of the rows of a step.
struct PhysicsAnswers {
  PhysicsAnswers(std::int64_t n_out, std::int64_t n_memory) : out(n_out), memory(n_memory) {}

  std::vector<std::size_t> rows;  // of the list
  core::RowTable out;             // [n, n_out]
  core::RowTable memory;          // [n, n_memory] after the step; of width 0 if the batch has none
  std::vector<double> seconds;    // [n]
};

// The stages of a step. Each takes what the one before gives, so that none can be left out.

struct Stage {
  subproblem::Batch* batch;
  StepReport* report;
};
/// Rows that need no solver for sure are answered; the others are listed, with their audit coins.
struct Sorted : Stage {
  control::Asking asking;
};
/// There are proposals and scores for the rows that the controller wants to know about.
struct Asked : Stage {};
/// It is decided which proposals are accepted, as far as their audits will bear them out.
struct Decided : Stage {};
/// Physics has answered what it has to, the whole step if the audits did not bear out the accepted answers.
struct Solved : Stage {
  std::vector<PhysicsAnswers> by_physics;
  subproblem::BatchReport failures;
};
/// Every row has its answer. What physics has answered of the rows that a surrogate may be asked about, to learn
/// from.
struct Committed {
  Committed(std::int64_t n_in, std::int64_t n_out) : in(n_in), truth(n_out), proposals(n_out) {}

  subproblem::BatchReport failures;
  core::RowTable in;                 // [n, n_in]
  core::RowTable truth;              // [n, n_out]
  std::vector<std::int64_t> id;      // [n]
  std::vector<std::int64_t> row;     // [n] in the batch
  std::vector<bool> audited;         // [n]
  std::vector<std::int64_t> audits;  // which of these were audits of accepted proposals,
  core::RowTable proposals;          // and these proposals
};

/// How many answers of the surrogate one gate has stopped.
struct GateCount {
  std::string name;
  std::int64_t rows = 0;
};

/// Takes a batch from the PDE to the PDE. Knows nothing of evidence from other steps, of training, or of promotions.
class BatchPipeline {
 public:
  /// Borrows everything. versions: null without a surrogate.
  BatchPipeline(BalancedSolver& physics, Versions* versions, control::SwitchController& controller,
                AnswerCheck& check, double tolerance, parallel::Communicator comm, core::Log log);

  // In the batches of an iteration, audits only measure: the answer of an audited row stays that of the surrogate.
  Sorted sort(subproblem::Batch& batch, StepReport& report);  // Local
  Asked ask(const Sorted& sorted);                            // Local
  Decided decide(const Asked& asked);                         // Local
  Solved solve(const Decided& decided);                       // Collective
  Committed commit(Solved solved);                            // Local

  /// Solves the accepted rows of the step that were not audited as well, to count the wrong ones; changes nothing
  /// else. Collective.
  void verify(const subproblem::Batch& batch, StepReport& report, subproblem::BatchReport& failures);

  /// Proposals that each gate has stopped so far, on all ranks. Collective.
  std::vector<GateCount> gated() const;
  void persist(const core::Archive& archive) { archive.sums("gated", std::span(gated_)); }

 private:
  subproblem::Kind& kind() { return physics_->kind(); }
  enum class Which { likely_at_rest, all };
  control::Asking whom_to_ask(const subproblem::Batch& batch) const;
  bool accepts(const RowOfStep& row, subproblem::Iterate iterate) const;
  void remember_decisions(const Stage& stage);
  void take_shortcuts(const Stage& stage, Which which);
  void book_shortcut(const Stage& stage, RowOfStep& row, subproblem::Shortcut found);
  void record_candidates(StepReport& report);
  PhysicsAnswers solve_by_physics(Solved& solved, std::vector<std::size_t> rows);
  bool audits_bear_out(const Stage& stage, const PhysicsAnswers& answers);
  void commit_physics(const Stage& stage, const PhysicsAnswers& answers, std::size_t j, Committed& committed);
  void count_audit(StepReport& report, const RowOfStep& row, double error);
  void note_provenance(subproblem::Batch& batch, const RowOfStep& row, double audited_error) const;

  BalancedSolver* physics_;
  Versions* versions_;
  control::SwitchController* controller_;
  AnswerCheck* check_;
  double tolerance_;
  parallel::Communicator comm_;
  core::Log log_;
  std::vector<std::string> gate_names_;
  std::vector<std::int64_t> gated_;  // by gate

  // The rows of the step.
  std::vector<RowOfStep> rows_;
  core::RowTable in_;         // [n_rows, n_in]
  core::RowTable proposals_;  // [n_asked, n_out]

  // Of the iteration that is under way.
  control::Asking asking_ = control::Asking::nobody;
  std::vector<bool> by_surrogate_;  // [n of the batch]
};

}  // namespace bimetal::hybrid
