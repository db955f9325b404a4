#include "hybrid/hybrid_solver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "parallel/mpi.hpp"
#include "toy_problem.hpp"

namespace bimetal::hybrid {
namespace {

using testing::Duration;

/// A population of cells handed to a hybrid again and again: every step each cell is some fresh state.
class ToyRun {
 public:
  explicit ToyRun(const HybridOptions& options, Duration duration = Duration::common, std::int64_t cells = 2000)
      : duration_(duration),
        solver_(std::make_unique<testing::ToySolver>(duration), make_surrogate(options), options, comm_, core::Log()),
        in_(std::ssize(solver_.kind().signature().inputs)) {
    // Uneven on purpose; with more than two ranks, the last rank has no rows at all.
    const std::int64_t shares = comm_.size() > 2 ? comm_.size() - 1 : comm_.size();
    for (std::int64_t id = 0; id < cells; ++id)
      if (id % shares == comm_.rank()) ids_.push_back(id);
    in_.resize(std::ssize(ids_));
    out_.resize(std::ssize(ids_));
    provenance_.resize(ids_.size());
  }

  /// One step, in place if answers are as wide as rows; the largest error of its answers against the truth.
  double step(std::int64_t step) {
    draw_states(static_cast<std::uint64_t>(step));
    core::RowTable truth(3, in_.size());
    subproblem::Batch exact{.in = in_.rows(), .out = truth.rows(), .id = ids_};
    testing::ToySolver(duration_).solve(exact);
    const auto before = in_;
    const auto answers = in_.width() == 3 ? in_.rows() : out_.rows();
    subproblem::Batch batch{.in = in_.rows(), .out = answers, .id = ids_, .step = step, .provenance = provenance_};
    EXPECT_TRUE(solver_.solve(batch).failures.empty());
    double worst = 0.0;
    for (std::int64_t i = 0; i < answers.size(); ++i) {
      EXPECT_NEAR(answers[i][1] + answers[i][2], 1.0, 1e-14);
      if (provenance_[static_cast<std::size_t>(i)].answerer == subproblem::Answerer::inert)
        EXPECT_TRUE(std::ranges::equal(answers[i], before[i].first(3)) || std::ranges::equal(answers[i], truth[i]))
            << "if audited";
      else
        worst = std::max(worst, std::abs(answers[i][1] - truth[i][1]));
    }
    return comm_.max(worst);
  }

  HybridSolver& solver() { return solver_; }
  const std::vector<subproblem::Provenance>& provenance() const { return provenance_; }
  const parallel::Communicator& comm() const { return comm_; }

 private:
  void draw_states(std::uint64_t step) {
    for (std::int64_t i = 0; i < in_.size(); ++i) {
      const auto id = static_cast<std::uint64_t>(ids_[static_cast<std::size_t>(i)]);
      const auto random = [&](std::uint64_t column) {
        return core::random_uniform(9, core::Purpose::initial, step, 3 * id + column);
      };
      in_[i][0] = 400.0 + 1600.0 * random(0);
      in_[i][1] = random(1);
      in_[i][2] = 1.0 - in_[i][1];
      if (duration_ == Duration::by_row) in_[i][3] = 0.2 * std::pow(10.0, random(2));
    }
  }
  std::optional<surrogate::Surrogate> make_surrogate(const HybridOptions& options) {
    if (options.switching.policy == control::Policy::never) return {};
    surrogate::NetworkOptions network;
    network.layers = {32, 32};
    surrogate::TrainingOptions training;
    training.batch = 256;
    return surrogate::Surrogate(testing::ToyKind(duration_).signature(), network, training, comm_);
  }

  parallel::Communicator comm_ = parallel::duplicate(MPI_COMM_WORLD);
  Duration duration_;
  HybridSolver solver_;
  std::vector<std::int64_t> ids_;
  core::RowTable in_, out_{3};
  std::vector<subproblem::Provenance> provenance_;
};

HybridOptions options_of(control::Policy policy) {
  HybridOptions options;
  options.switching.policy = policy;
  options.switching.tolerance = 1e-2;
  options.switching.audit_fraction = 0.1;
  options.schedule.updates_per_step = 30;
  options.schedule.promote_every = 5;
  options.verify = Verify::yes;
  return options;
}

/// Rows as wide as their answers, and wider ones.
class HybridSolverTest : public ::testing::TestWithParam<Duration> {};

TEST_P(HybridSolverTest, policy_never_is_the_reference_solver) {
  ToyRun run(options_of(control::Policy::never), GetParam());
  EXPECT_EQ(run.step(0), 0.0);
  EXPECT_EQ(run.solver().surrogate(), nullptr);
  EXPECT_EQ(run.solver().rows().total, 2000);
  EXPECT_GT(run.solver().rows().inert, 50);
  EXPECT_EQ(run.solver().rows().rejected, 2000 - run.solver().rows().inert);
}

TEST_P(HybridSolverTest, learns_takes_over_and_certifies_what_is_true) {
  ToyRun run(options_of(control::Policy::certified), GetParam());
  EXPECT_EQ(run.step(0), 0.0) << "before the first promotion physics answers everything";
  for (std::int64_t step = 1; step < 60; ++step) run.step(step);
  const auto& last = run.solver().last_step().rows;
  EXPECT_GT(static_cast<double>(last.accepted), 0.5 * static_cast<double>(last.accepted + last.rejected));

  const auto& rows = run.solver().rows();
  EXPECT_EQ(rows.total, rows.inert + rows.accepted + rows.rejected);
  EXPECT_EQ(rows.verified, rows.accepted);
  const double truth = static_cast<double>(rows.verified_wrong) / static_cast<double>(rows.verified);
  const auto certificate = run.solver().certificate();
  EXPECT_LE(truth, certificate.upper_bound);
  EXPECT_LE(certificate.upper_bound, 0.06);
  EXPECT_NEAR(static_cast<double>(rows.audited), 0.1 * static_cast<double>(rows.accepted),
              5.0 * std::sqrt(0.1 * static_cast<double>(rows.accepted)));
}

INSTANTIATE_TEST_SUITE_P(Rows, HybridSolverTest, ::testing::Values(Duration::common, Duration::by_row),
                         ::testing::PrintToStringParamName());

TEST(HybridSolver, audited_rows_keep_the_answer_of_physics_and_say_so) {
  auto options = options_of(control::Policy::always);
  options.switching.audit_fraction = 1.0;
  ToyRun run(options);
  for (std::int64_t step = 0; step < 40; ++step) run.step(step);
  EXPECT_GE(run.solver().surrogate()->version(), 0);
  EXPECT_EQ(run.step(40), 0.0) << "every accepted answer was audited, so every committed one is exact";
  for (const auto& provenance : run.provenance()) {
    if (provenance.answerer == subproblem::Answerer::inert) continue;
    EXPECT_EQ(provenance.answerer, subproblem::Answerer::audit);
    EXPECT_GE(provenance.audited_error, 0.0);
    EXPECT_GE(provenance.score, 0.0);
  }
}

TEST(HybridSolver, without_training_physics_answers_everything) {
  auto options = options_of(control::Policy::certified);
  options.schedule.placement = Placement::off;
  ToyRun run(options);
  for (std::int64_t step = 0; step < 12; ++step) EXPECT_EQ(run.step(step), 0.0);
  EXPECT_EQ(run.solver().rows().accepted, 0);
  EXPECT_EQ(run.solver().promotions(), 0);
}

TEST(UpdatesDue, fall_as_the_surrogate_takes_over) {
  TrainingSchedule schedule;
  schedule.updates_per_step = 40;
  schedule.idle_share = 0.1;
  EXPECT_EQ(updates_due(schedule, 0.0), 40);
  EXPECT_EQ(updates_due(schedule, 0.5), 40);
  EXPECT_EQ(updates_due(schedule, 0.75), 20);
  EXPECT_EQ(updates_due(schedule, 1.0), 4);
  schedule.placement = Placement::off;
  EXPECT_EQ(updates_due(schedule, 0.0), 0);
}

}  // namespace
}  // namespace bimetal::hybrid
