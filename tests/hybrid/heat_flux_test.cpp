// A kind whose outputs continue none of its inputs, through the hybrid: learned, accepted, audited, restarted.
#include "../support/heat_flux.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "../support/memory_archive.hpp"
#include "toy_run.hpp"

namespace bimetal::hybrid {
namespace {

using bimetal::testing::HeatFlux;
using bimetal::testing::MemoryArchive;
using bimetal::testing::options_of;

/// Points of a solid whose states are fresh in every solve.
class FluxRun {
 public:
  FluxRun()
      : comm_(parallel::duplicate(MPI_COMM_WORLD)),
        solver_(std::make_unique<HeatFlux>(), surrogate(), options(), comm_, core::Log()) {
    for (std::int64_t id = comm_.rank(); id < n_points; id += comm_.size()) ids_.push_back(id);
    in_.resize(std::ssize(ids_));
    out_.resize(std::ssize(ids_));
  }

  void solve(std::int64_t step) {
    for (std::int64_t i = 0; i < in_.size(); ++i)
      HeatFlux::draw(static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(ids_[static_cast<std::size_t>(i)]),
                     in_[i]);
    subproblem::Batch batch{.in = in_.rows(), .out = out_.rows(), .id = ids_, .step = step};
    EXPECT_TRUE(solver_.solve(batch).failures.empty());
  }
  /// One of the batches of an iteration, whose rows come ever closer to those of the step.
  void iterate(std::int64_t step, std::int64_t iteration) {
    for (std::int64_t i = 0; i < in_.size(); ++i) {
      HeatFlux::draw(static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(ids_[static_cast<std::size_t>(i)]),
                     in_[i]);
      in_[i][0] += 0.01 / static_cast<double>(1 + iteration);
    }
    provenance_.assign(ids_.size(), {});
    subproblem::Batch batch{.in = in_.rows(),
                            .out = out_.rows(),
                            .id = ids_,
                            .step = step,
                            .provenance = provenance_,
                            .iterate = iteration == 0 ? subproblem::Iterate::first : subproblem::Iterate::next};
    EXPECT_TRUE(solver_.solve(batch).failures.empty());
  }
  /// Whether the surrogate answered row i of the last batch, audited or not.
  bool by_surrogate(std::size_t i) const {
    const auto who = provenance_[i].answerer;
    return who == subproblem::Answerer::surrogate || who == subproblem::Answerer::audit;
  }
  const subproblem::Provenance& provenance(std::size_t i) const { return provenance_[i]; }
  std::size_t n_rows() const { return ids_.size(); }
  /// Error of the answer to row i [tolerances].
  double error(std::size_t i) const {
    std::array<double, 2> truth{};
    const auto row = static_cast<std::int64_t>(i);
    HeatFlux::conduct(in_[row], truth);
    return std::hypot(out_[row][0] - truth[0], out_[row][1] - truth[1]) / HeatFlux::scale / tolerance;
  }
  /// Of the answers of the last solve, the largest over all ranks [tolerances].
  double largest_error() const {
    double largest = 0.0;
    std::array<double, 2> truth{};
    for (std::int64_t i = 0; i < in_.size(); ++i) {
      HeatFlux::conduct(in_[i], truth);
      for (std::size_t k = 0; k < 2; ++k)
        largest = std::max(largest, std::abs(out_[i][k] - truth[k]) / HeatFlux::scale / tolerance);
    }
    return comm_.max(largest);
  }
  HybridSolver& solver() { return solver_; }
  std::span<const double> answers() const { return out_.rows().flat(); }

 private:
  static constexpr std::int64_t n_points = 1000;
  static constexpr double tolerance = 0.02;
  static HybridOptions options() {
    auto options = options_of(control::Policy::certified);
    options.switching.tolerance = tolerance;
    options.schedule.perturbed = 0.5;
    return options;
  }
  surrogate::Surrogate surrogate() const {
    const surrogate::NetworkOptions network{.layers = {32, 32}, .error_layers = {16}, .second_layers = {16, 16}};
    const surrogate::TrainingOptions training{.tolerance = tolerance, .batch = 256, .decay_updates = 1000};
    return surrogate::Surrogate(HeatFlux().signature(), network, training, comm_);
  }

  parallel::Communicator comm_;
  HybridSolver solver_;
  std::vector<std::int64_t> ids_;
  std::vector<subproblem::Provenance> provenance_;
  core::RowTable in_{4}, out_{2};
};

TEST(HeatFlux, is_answered_by_a_surrogate_that_learned_it_from_the_run) {
  FluxRun run;
  for (std::int64_t step = 0; step < 100; ++step) run.solve(step);
  const auto& rows = run.solver().rows();
  EXPECT_EQ(rows.inert + rows.explicit_steps + rows.unanswerable, 0);
  EXPECT_GT(rows.accepted, 20'000) << "of 100,000";
  EXPECT_LE(static_cast<double>(rows.verified_wrong), 0.05 * static_cast<double>(rows.accepted));
  EXPECT_GE(run.solver().certificate().upper_bound,
            static_cast<double>(rows.verified_wrong) / static_cast<double>(rows.accepted));
  EXPECT_LT(run.largest_error(), 20.0);
  const auto gates = run.solver().gated();
  EXPECT_EQ(gates.back().name, "uphill");
  ASSERT_NE(run.solver().perturbed(), nullptr);
  EXPECT_EQ(run.solver().perturbed()->size(), 0) << "answers are nobody's inputs: there is nothing to move";
}

TEST(HeatFlux, keeps_who_answers_a_row_and_by_which_version_through_an_iteration) {
  FluxRun run;
  std::int64_t handed_over = 0, audited = 0;
  for (std::int64_t step = 0; step < 100; ++step) {
    run.iterate(step, 0);
    std::vector<bool> before(run.n_rows());
    for (std::size_t i = 0; i < run.n_rows(); ++i) before[i] = run.by_surrogate(i);
    const auto version = run.solver().surrogate()->version();
    bool withdrawn = false;
    for (std::int64_t iteration = 1; iteration < 3; ++iteration) {
      run.iterate(step, iteration);
      ASSERT_EQ(run.solver().surrogate()->version(), version) << "a version changed in the course of an iteration";
      withdrawn = withdrawn || run.solver().last_step().withdrawn;
      for (std::size_t i = 0; i < run.n_rows(); ++i) {
        ASSERT_TRUE(run.by_surrogate(i) <= before[i]) << "step " << step << ", row " << i;
        ASSERT_TRUE(withdrawn || run.by_surrogate(i) == before[i]) << "step " << step << ", row " << i;
        handed_over += before[i];
        if (run.provenance(i).answerer != subproblem::Answerer::audit) continue;
        ++audited;
        EXPECT_GT(run.error(i), 1e-9) << "the audit replaced the answer of the surrogate by that of physics";
      }
    }
  }
  EXPECT_GT(handed_over, 1000);
  EXPECT_GT(audited, 0);
  const auto& rows = run.solver().rows();
  EXPECT_LE(static_cast<double>(rows.verified_wrong), 0.05 * static_cast<double>(rows.accepted));
}

TEST(HeatFlux, goes_on_after_a_restart_to_the_bit) {
  FluxRun first, second;
  const auto take = [](FluxRun& run, std::int64_t step) {
    run.iterate(step, 0);
    run.iterate(step, 1);
  };
  for (std::int64_t step = 0; step < 45; ++step) take(first, step);
  first.solver().gather_state();  // what was learned from the last iteration is not lost
  auto archive = MemoryArchive::of(first.solver());
  archive.give_to(second.solver());
  const auto accepted = first.solver().rows().accepted;
  for (std::int64_t step = 45; step < 60; ++step) {
    take(first, step);
    take(second, step);
    ASSERT_TRUE(std::ranges::equal(first.answers(), second.answers())) << step;
  }
  EXPECT_GT(first.solver().rows().accepted, accepted) << "something that could differ";
}

}  // namespace
}  // namespace bimetal::hybrid
