#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/error_account.hpp"
#include "control/ledger.hpp"
#include "control/row_counts.hpp"
#include "control/signal_calibration.hpp"
#include "control/switch_controller.hpp"
#include "core/archive.hpp"
#include "core/log.hpp"
#include "hybrid/balanced_solver.hpp"
#include "hybrid/calibration_buffer.hpp"
#include "hybrid/crew.hpp"
#include "hybrid/hybrid_options.hpp"
#include "hybrid/learner.hpp"
#include "hybrid/perturbed_rows.hpp"
#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"
#include "surrogate/surrogate.hpp"

namespace bimetal::hybrid {

/// What one step did; the counts are sums over ranks, the seconds are this rank's.
struct StepReport {
  control::RowCounts rows;
  control::Ledger seconds;
  control::Standing standing = control::Standing::no_version;
  double threshold = -1.0;    // the one used in this step [tolerances]; -1: nothing was accepted
  double audit_chance = 0.0;  // of active rows
  int audit_level = 0;        // the same as a level of the audit plan
  bool withdrawn = false;     // audits refuted the accepted answers: physics gave all of them
  double loss = 0.0;          // of the last training round, after it or elsewhere; 0 without one
};

/// Errors of the surrogate's accepted answers in one output.
struct OutputError {
  std::string name;
  control::ErrorEstimate estimate;
};

/// How many answers of the surrogate one gate has stopped.
struct GateCount {
  std::string name;
  std::int64_t rows = 0;
};

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

  /// Before saving: gets together what other ranks hold of the state. Collective.
  void settle();
  /// Everything that outlives a step. Collective.
  void persist(const core::Archive& archive);

  const StepReport& last_step() const { return step_; }
  /// Sums over all steps. rows: all ranks; seconds: this rank's.
  const control::RowCounts& rows() const { return rows_; }
  const control::Ledger& seconds() const { return seconds_; }

  control::Certificate certificate() const { return controller_.certificate(); }
  std::vector<OutputError> output_errors() const;  // Collective
  /// Rows stopped by each gate so far, all ranks. Collective.
  std::vector<GateCount> gated() const;

  /// Of the last step on this rank, for training; null if there are none to be.
  const PerturbedRows* perturbed() const { return perturbed_ ? &*perturbed_ : nullptr; }
  const surrogate::Surrogate* surrogate() const { return surrogate_ ? &*surrogate_ : nullptr; }
  const control::SwitchController& controller() const { return controller_; }
  TrainingAccount training() const { return learner_ ? learner_->account() : TrainingAccount(); }
  /// Seconds this rank has spent on training: in situ on gradient steps, otherwise on handing over rows and
  /// candidates. Part of what the ledger calls training, which also judges and promotes.
  double learner_seconds() const { return learner_seconds_; }
  std::int64_t promotions() const { return promotions_; }
  std::int64_t rollbacks() const { return rollbacks_; }
  /// Steps in which a version served and was not asked about all rows.
  std::int64_t off_steps() const { return off_steps_; }

 private:
  /// What is to happen to a row, and what is known about it, while a batch is solved.
  struct Case {
    std::int64_t row;                                            // in the batch
    subproblem::Shortcut shortcut = subproblem::Shortcut::none;  // which has answered it
    bool accepted = false;
    bool audited = false;
    bool withdrawn = false;
    std::int64_t proposal = -1;  // row of proposals_; -1: the surrogate was not asked
    double score = -1.0;         // [tolerances]; -1: not asked; infinite: a gate stopped the answer
    subproblem::Gate gate = subproblem::Gate::open;  // that stopped the answer
    bool looked_at = false;                          // whether it needs a solver
  };
  /// What turns a version's signals of doubt into a score.
  struct Calibration {
    control::SignalCalibration predicted_error;
    control::SignalCalibration disagreement;
    bool fitted = false;

    void persist(const core::Archive& archive);
  };

  /// How a set of weights did on one of this rank's calibration rows.
  struct Examined {
    surrogate::Signals signals;
    double error = 0.0;  // [tolerances]
    bool gated = false;
  };
  using Examination = std::vector<Examined>;

  // One batch (hybrid_solver.cpp).
  void list_rows(subproblem::Batch& batch);
  control::Asking whom_to_ask(std::int64_t step) const;
  void ask_surrogate(control::Asking asking);
  double score_of(const surrogate::Signals& signals, const Calibration& calibration) const;
  subproblem::Gate gate_of(std::span<const double> in, std::span<double> proposal, const surrogate::Signals& signals);
  bool unfamiliar(const surrogate::Signals& signals) const;
  void decide();
  enum class Which { likely_at_rest, all };
  void take_shortcuts(subproblem::Batch& batch, Which which);
  void commit_shortcut(subproblem::Batch& batch, Case& row, std::int64_t id, subproblem::Shortcut found);
  void record_candidates();
  subproblem::BatchReport answer(subproblem::Batch& batch);
  bool withdraws(std::int64_t step, const core::RowTable& truth, const std::vector<std::size_t>& checked);
  void settle_with_physics(subproblem::Batch& batch, const Case& row, std::span<const double> in,
                           std::span<const double> truth, double seconds);
  bool moves_rows() const;
  void solve_perturbed(std::int64_t step);
  void account_for_shortcut(const Case& row, double error);
  void account(const Case& row, std::span<const double> truth, double error);
  void verify(const subproblem::Batch& batch, subproblem::BatchReport& report);
  void note_provenance(subproblem::Batch& batch, const Case& row, double audited_error) const;
  double error_of(std::span<const double> answer, std::span<const double> truth) const;
  /// Whether there is an answer of the surrogate that physics' answer can be compared with.
  static bool comparable(const Case& row) {
    return row.shortcut == subproblem::Shortcut::none && row.proposal >= 0 && std::isfinite(row.score);
  }
  bool surrogate_serves() const { return surrogate_ && surrogate_->version() >= 0; }

  // Evidence and its consequences (switching.cpp).
  void close_step(std::int64_t step);
  void exchange_evidence(std::int64_t step);
  void react(std::int64_t step);
  void report_standing(std::int64_t step);
  void distrust_unusable_answers(std::int64_t step);
  void roll_back(std::int64_t step);
  void watch_accumulation(std::int64_t step);

  // Learning (learning.cpp).
  void train(std::int64_t step);
  void consider_promotion(std::int64_t step);
  void compare_with_serving(std::int64_t step);
  void calibrate_serving(std::int64_t step);
  Examination examine(surrogate::Surrogate::Weights which, std::int64_t first = 0);
  Calibration calibrate(const Examination& examination) const;
  control::ScoreHistogram judge(const Examination& examination, const Calibration& calibration) const;

  HybridOptions options_;
  parallel::Communicator comm_;
  core::Log log_;
  BalancedSolver physics_;
  std::optional<surrogate::Surrogate> surrogate_;
  std::unique_ptr<Learner> learner_;  // null without a surrogate
  control::SwitchController controller_;
  CalibrationBuffer calibration_rows_;
  Calibration calibration_;           // of the serving version
  Calibration previous_calibration_;  // of the one before
  const core::Signature& signature_;
  std::vector<double> scale_;  // [n_out]
  std::optional<PerturbedRows> perturbed_;

  // Work space of one batch.
  std::vector<Case> cases_;
  core::RowTable inputs_;          // [n_cases, n_in]
  core::RowTable proposals_;       // [n_asked, n_out]
  std::vector<std::int64_t> ids_;  // [n_cases]
  core::RowTable answered_in_;     // [n, n_in] of the answerable rows that physics has solved
  core::RowTable answered_truth_;  // [n, n_out]

  // Evidence on its way.
  control::Ledger window_cost_;
  control::Evidence evidence_;
  parallel::PendingSum evidence_sum_;

  // Accounts.
  StepReport step_;
  control::RowCounts rows_;
  control::Ledger seconds_;
  control::ErrorAccount errors_;
  std::vector<std::string> gate_names_;
  std::vector<std::int64_t> gated_;  // by gate, this rank
  std::int64_t promotions_ = 0;
  std::int64_t rollbacks_ = 0;
  std::int64_t off_steps_ = 0;
  double learner_seconds_ = 0.0;
  std::int64_t refusals_ = 0;       // of candidates since the last promotion
  std::int32_t warned_of_ = -1;     // the last version most of whose answers were not finite
  std::int64_t tightened_at_ = 0;   // step
  std::vector<double> drift_then_;  // [n_out] accumulated error at that step
};

}  // namespace bimetal::hybrid
