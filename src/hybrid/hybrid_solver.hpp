#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "control/ledger.hpp"
#include "control/row_counts.hpp"
#include "control/switch_controller.hpp"
#include "core/archive.hpp"
#include "core/log.hpp"
#include "hybrid/answer_check.hpp"
#include "hybrid/balanced_solver.hpp"
#include "hybrid/batch_pipeline.hpp"
#include "hybrid/crew.hpp"
#include "hybrid/error_watch.hpp"
#include "hybrid/evidence_exchange.hpp"
#include "hybrid/hybrid_options.hpp"
#include "hybrid/learner.hpp"
#include "hybrid/perturbed_rows.hpp"
#include "hybrid/step_report.hpp"
#include "hybrid/versions.hpp"
#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"
#include "surrogate/surrogate.hpp"

namespace bimetal::hybrid {

/// Physics and surrogate bonded: itself a sub-problem solver, so that the PDE does not know which of the two it talks
/// to. Each row is inert, answered by an explicit step, by the surrogate, or by physics; a random sample of the
/// surrogate's answers is checked against physics; physics answers train the surrogate.
class HybridSolver : public subproblem::SubproblemSolver {
 public:
  /// `crew`: the ranks that solve, this one among them, and those that train for them, if any do. Without a
  /// surrogate every row that is not inert goes to physics. If nothing trains it, the surrogate serves as it is, from
  /// the start. Collective over solvers, like all that follows.
  HybridSolver(std::unique_ptr<subproblem::SubproblemSolver> reference, std::optional<surrogate::Surrogate> surrogate,
               const HybridOptions& options, const Crew& crew, core::Log log);
  HybridSolver(const HybridSolver&) = delete;
  HybridSolver& operator=(const HybridSolver&) = delete;

  subproblem::Kind& kind() override { return physics_.kind(); }
  /// The reference solver, load-balanced.
  subproblem::SubproblemSolver& physics() { return physics_; }
  subproblem::BatchReport solve(subproblem::Batch& batch) override;  // Collective

  /// After the last batch of an iteration: learns from it what else would be learned before the next. Collective.
  void conclude_step();
  /// Before saving: concludes the step, and gets together what other ranks hold of the state. Collective.
  void gather_state();
  /// Everything that outlives a step. Collective.
  void persist(const core::Archive& archive);

  /// Of the last batch, or of all batches of the last iteration.
  const StepReport& last_step() const { return step_; }
  /// Sums over all steps. rows: all ranks; seconds: this rank's.
  const control::RowCounts& rows() const { return rows_; }
  const control::Ledger& seconds() const { return seconds_; }

  control::Certificate certificate() const { return controller_.certificate(); }
  std::vector<OutputError> output_errors() const { return errors_.estimates(); }  // Collective
  /// Rows stopped by each gate so far, all ranks. Collective.
  std::vector<GateCount> gated() const { return pipeline_.gated(); }

  /// Moved rows of this rank's last step, or null if `training.perturbed` is 0.
  const PerturbedRows* perturbed() const { return perturbed_ ? &*perturbed_ : nullptr; }
  const surrogate::Surrogate* surrogate() const { return surrogate_ ? &*surrogate_ : nullptr; }
  const control::SwitchController& controller() const { return controller_; }
  TrainingAccount training() const { return learner_ ? learner_->account() : TrainingAccount(); }
  /// Seconds this rank has spent on training: in situ on gradient steps, otherwise on handing over rows and
  /// candidates. Part of what the ledger calls training, which also judges and promotes.
  double learner_seconds() const { return learner_seconds_; }
  std::int64_t promotions() const { return versions_ ? versions_->promotions() : 0; }
  std::int64_t rollbacks() const { return versions_ ? versions_->rollbacks() : 0; }
  /// Steps in which a version served and was not asked about all rows.
  std::int64_t off_steps() const { return off_steps_; }

 private:
  void begin_solve(const subproblem::Batch& batch);
  void keep_for_learning(const Committed& committed, const subproblem::Batch& batch);
  bool moves_rows() const;
  void sum_counts();
  void book_evidence();
  void close_solve(subproblem::Iterate iterate);
  void conclude(const Committed& committed, std::int64_t step);
  void conclude_iteration();
  void weigh_evidence(std::int64_t step);
  void pass_on_first_words(std::int64_t step);
  void distrust_unusable_answers(std::int64_t step);
  void hold_to_run_tolerance(std::int64_t step);
  void train(const Committed& committed, std::int64_t step);
  void note_fixed(std::int64_t step);
  void note_waiting(std::int64_t step, bool waits);
  void note_learning(std::int64_t step);
  void note_standing(std::int64_t step);
  void note_certificate(std::int64_t step);
  AnswersOfStep answers_of_step() const;

  HybridOptions options_;
  parallel::Communicator comm_;
  core::Log log_;
  BalancedSolver physics_;
  std::optional<surrogate::Surrogate> surrogate_;
  control::SwitchController controller_;
  AnswerCheck check_;
  std::optional<Versions> versions_;  // none without a surrogate
  std::unique_ptr<Learner> learner_;  // likewise
  BatchPipeline pipeline_;
  std::optional<PerturbedRows> perturbed_;
  EvidenceExchange evidence_;
  ErrorWatch errors_;

  /// What is to be learned from an iteration as soon as it is over: the answers to its last batch.
  struct Unconcluded {
    Committed committed;
    std::int64_t step;
  };
  std::optional<Unconcluded> iteration_;
  double loss_before_ = 0.0;  // of the training that followed the last iteration, for the report of the next

  // Accounts.
  StepReport solve_;  // of the batch that is under way
  StepReport step_;
  control::RowCounts rows_;
  control::Ledger seconds_;
  double learner_seconds_ = 0.0;
  bool waits_ = false;  // learning, for what it costs
  std::int64_t off_steps_ = 0;

  // What the log has said; a run that goes on says it once more.
  bool told_of_waiting_ = false;
  bool told_of_fixed_ = false;
  bool told_of_learning_ = false;
  bool told_of_certificate_ = false;
  control::Standing told_standing_ = control::Standing::no_version;
  bool passed_on_ = false;       // what the network said when it first raised
  std::int32_t warned_of_ = -1;  // the last version most of whose answers were not finite
};

}  // namespace bimetal::hybrid
