#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/ledger.hpp"
#include "control/switch_controller.hpp"
#include "core/log.hpp"
#include "hybrid/balanced_solver.hpp"
#include "hybrid/calibration_buffer.hpp"
#include "hybrid/hybrid_options.hpp"
#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"
#include "surrogate/surrogate.hpp"

namespace bimetal::hybrid {

/// What one step did; the counts are sums over ranks, the seconds are this rank's.
struct StepReport {
  control::RowCounts rows;
  control::Ledger seconds;
  double threshold = -1.0;  // the one used in this step [tolerances]
  double loss = 0.0;        // of the training round after it; 0 without one
};

/// Error of the surrogate's accepted answers in one output, from audits: an unbiased sample.
struct OutputError {
  std::string name;
  double mean_abs = 0.0;  // [unit of the output]
  double bias = 0.0;      // mean of answer - truth
};

/// Physics and surrogate bonded: itself a sub-problem solver, so that the PDE does not know which of the two it talks
/// to. Each row is inert, answered by the surrogate, or answered by physics; a random sample of the surrogate's
/// answers is checked against physics; physics answers train the surrogate.
class HybridSolver : public subproblem::SubproblemSolver {
 public:
  /// Without a surrogate every row that is not inert goes to physics. Collective.
  HybridSolver(std::unique_ptr<subproblem::SubproblemSolver> reference, std::optional<surrogate::Surrogate> surrogate,
               const HybridOptions& options, parallel::Communicator comm, core::Log log);

  subproblem::Kind& kind() override { return physics_.kind(); }
  /// The reference solver, load-balanced.
  subproblem::SubproblemSolver& physics() { return physics_; }
  subproblem::BatchReport solve(subproblem::Batch& batch) override;  // Collective

  const StepReport& last_step() const { return step_; }
  /// Sums over all steps. rows: all ranks; seconds: this rank's.
  const control::RowCounts& rows() const { return rows_; }
  const control::Ledger& seconds() const { return seconds_; }

  control::Certificate certificate() const;
  std::vector<OutputError> output_errors() const;  // Collective
  /// Rows stopped by each gate so far, all ranks. Collective.
  std::array<std::int64_t, subproblem::n_gates> gated() const;

  const surrogate::Surrogate* surrogate() const { return surrogate_ ? &*surrogate_ : nullptr; }
  std::int64_t promotions() const { return promotions_; }

 private:
  /// What is to happen to a row, and what is known about it, while a batch is solved.
  struct Case {
    std::int64_t row;  // in the batch
    bool inert = false;
    bool accepted = false;
    bool audited = false;
    double score = -1.0;  // [tolerances]; -1: the surrogate was not asked; infinite: a gate stopped its answer
  };

  void sort_rows(subproblem::Batch& batch);
  void ask_surrogate();
  void decide(const subproblem::Batch& batch);
  subproblem::BatchReport answer(subproblem::Batch& batch);
  void settle_with_physics(subproblem::Batch& batch, const Case& row, std::span<const double> in,
                           std::span<const double> truth, double seconds);
  void verify(const subproblem::Batch& batch);
  void note_provenance(subproblem::Batch& batch, const Case& row, double audited_error) const;
  void close_step(std::int64_t step);
  void report_switching(std::int64_t step, const control::Threshold& before);
  void warn_of_bad_answers(std::int64_t step);
  void train(std::int64_t step);
  void consider_promotion(std::int64_t step);
  control::ScoreHistogram judge(surrogate::Surrogate::Weights which);
  double error_of(std::span<const double> answer, std::span<const double> truth) const;
  bool surrogate_serves() const { return surrogate_ && surrogate_->version() >= 0; }

  HybridOptions options_;
  parallel::Communicator comm_;
  core::Log log_;
  BalancedSolver physics_;
  std::optional<surrogate::Surrogate> surrogate_;
  control::SwitchController controller_;
  CalibrationBuffer calibration_;
  const core::Signature& signature_;
  std::vector<double> scale_;  // [n_out]

  // Work space of one batch.
  std::vector<Case> cases_;
  core::RowTable inputs_;          // [n_cases, n_in], copied because the batch may be solved in place
  core::RowTable proposals_;       // [n_cases, n_out], for the rows the surrogate was asked about
  std::vector<std::int64_t> ids_;  // [n_cases]

  // Accounts.
  StepReport step_;
  control::RowCounts rows_;
  control::Ledger seconds_;
  std::vector<double> error_sums_;  // [2, n_out]: sum |delta|, sum delta over audited accepted answers, this rank
  std::array<std::int64_t, subproblem::n_gates> gated_{};  // this rank
  std::int64_t promotions_ = 0;
  std::int32_t warned_of_ = -1;  // the last version whose answers the gates stopped in bulk
};

}  // namespace bimetal::hybrid
