// How the hybrid learns: training rounds and the promotion gate.
#include <limits>

#include "core/timer.hpp"
#include "hybrid/hybrid_solver.hpp"

namespace bimetal::hybrid {

using control::ScoreHistogram;
using surrogate::Surrogate;

namespace {

/// A candidate must promise to accept this much more of the calibration rows before it is worth starting afresh.
constexpr double worthwhile_gain = 0.005;

}  // namespace

void HybridSolver::train(std::int64_t step) {
  core::ScopedTimer timer(step_.seconds.training);
  // Rows behind a gate are out of reach of training.
  const auto active = step_.rows.accepted + step_.rows.rejected - step_.rows.gated;
  const double share = active > 0 ? static_cast<double>(step_.rows.accepted) / static_cast<double>(active) : 0.0;
  const auto updates = active > 0 ? updates_due(options_.schedule, share) : 0;
  if (updates == 0) return;
  step_.loss = surrogate_->train(updates).loss;
  if ((step + 1) % options_.schedule.promote_every == 0 && surrogate_->trained()) consider_promotion(step);
}

/// How a set of weights would fare on the calibration rows of all ranks. Collective.
ScoreHistogram HybridSolver::judge(Surrogate::Weights which) {
  const auto in = calibration_.in();
  const auto truth = calibration_.truth();
  core::RowTable answers(truth.width(), in.size());
  std::vector<double> score(static_cast<std::size_t>(in.size()));
  surrogate_->predict(which, in, answers.rows(), score);

  ScoreHistogram histogram;
  for (std::int64_t i = 0; i < in.size(); ++i) {
    if (kind().admit(in[i], answers[i]) != subproblem::Gate::open) {
      histogram.add_candidate(std::numeric_limits<double>::infinity());
      continue;
    }
    const double scaled = score[static_cast<std::size_t>(i)] / options_.switching.tolerance;
    histogram.add_candidate(scaled);
    histogram.add_audit(scaled, error_of(answers[i], truth[i]) > 1.0);
  }
  comm_.sum_in_place(histogram.counts());
  return histogram;
}

void HybridSolver::consider_promotion(std::int64_t step) {
  const auto rating = [&](const ScoreHistogram& histogram) {
    return control::choose_threshold(histogram, controller_.target(), options_.switching.confidence);
  };
  const auto candidate = judge(Surrogate::Weights::candidate);
  const auto promised = rating(candidate);
  const double now = surrogate_serves() ? rating(judge(Surrogate::Weights::serving)).acceptance : 0.0;
  if (promised.acceptance < now + worthwhile_gain) return;

  surrogate_->promote();
  controller_.restart(candidate);
  ++promotions_;
  log_.info("step {}: surrogate version {} serves: {:.0f} % of the calibration rows acceptable (before: {:.0f} %)",
            step, surrogate_->version(), 100.0 * promised.acceptance, 100.0 * now);
}

}  // namespace bimetal::hybrid
