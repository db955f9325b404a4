#include "hybrid/hybrid_solver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "core/random.hpp"
#include "toy_run.hpp"

namespace bimetal::hybrid {
namespace {

using testing::Duration;
using testing::options_of;
using testing::taught_surrogate;
using testing::ToyRun;

/// Rows as wide as their answers, and wider ones.
class HybridSolverTest : public ::testing::TestWithParam<Duration> {};

TEST_P(HybridSolverTest, policy_never_is_the_reference_solver) {
  ToyRun run(options_of(control::Policy::never), GetParam());
  EXPECT_EQ(run.step(0), 0.0);
  EXPECT_EQ(run.solver().surrogate(), nullptr);
  EXPECT_EQ(run.solver().rows().total, 2000);
  EXPECT_GT(run.solver().rows().inert, 50);
  EXPECT_GT(run.solver().rows().explicit_steps, 50);
  EXPECT_EQ(run.solver().rows().rejected, 2000 - run.solver().rows().inert - run.solver().rows().explicit_steps);
}

TEST_P(HybridSolverTest, learns_takes_over_and_certifies_what_is_true) {
  ToyRun run(options_of(control::Policy::certified), GetParam());
  EXPECT_EQ(run.step(0), 0.0) << "before the first promotion physics answers everything";
  for (std::int64_t step = 1; step < 60; ++step) run.step(step);
  const auto& last = run.solver().last_step().rows;
  EXPECT_GT(static_cast<double>(last.accepted), 0.5 * static_cast<double>(last.accepted + last.rejected));

  const auto& rows = run.solver().rows();
  EXPECT_EQ(rows.total, rows.inert + rows.explicit_steps + rows.accepted + rows.rejected);
  EXPECT_GT(rows.explicit_audited, 0);
  EXPECT_EQ(rows.explicit_wrong, 0);
  EXPECT_EQ(rows.verified, rows.accepted);
  const double truth = static_cast<double>(rows.verified_wrong) / static_cast<double>(rows.verified);
  const auto certificate = run.solver().certificate();
  EXPECT_LE(truth, certificate.upper_bound);
  EXPECT_LE(certificate.upper_bound, 0.06);
  EXPECT_LT(static_cast<double>(rows.audited),
            0.1 * static_cast<double>(rows.accepted) + 5.0 * std::sqrt(0.1 * static_cast<double>(rows.accepted)));
  EXPECT_GT(rows.audited, 500);
}

INSTANTIATE_TEST_SUITE_P(Rows, HybridSolverTest, ::testing::Values(Duration::common, Duration::by_row),
                         ::testing::PrintToStringParamName());

TEST(HybridSolver, passes_on_what_physics_could_not_solve_and_how_often_it_tried_again) {
  const auto comm = parallel::duplicate(MPI_COMM_WORLD);
  const std::int64_t failing = comm.size() - 1;
  auto reference = std::make_unique<testing::ToySolver>(Duration::common);
  reference->fail_on(failing);
  HybridSolver solver(std::move(reference), std::nullopt, options_of(control::Policy::never), comm, core::Log());
  const std::vector<double> row{1500.0, 0.5, 0.5};
  std::vector<double> answer(3);
  const std::int64_t id = comm.rank();
  subproblem::Batch batch{.in = {row.data(), 1, 3}, .out = {answer.data(), 1, 3}, .id = {&id, 1}};
  const auto report = solver.solve(batch);
  for (const auto& failure : report.failures) EXPECT_EQ(failure.id, failing);
  EXPECT_EQ(comm.sum(std::ssize(report.failures)), 1);
  EXPECT_EQ(comm.sum(report.retries), 2);
}

TEST(HybridSolver, audited_rows_keep_the_answer_of_physics_and_say_so) {
  auto options = options_of(control::Policy::always);
  options.schedule.placement = Placement::off;
  options.switching.audit_fraction = 1.0;
  ToyRun run(options, Duration::common, taught_surrogate());
  EXPECT_GE(run.solver().surrogate()->version(), 0);
  EXPECT_EQ(run.step(0), 0.0) << "every accepted answer was audited, so every committed one is exact";
  std::int64_t n_audits = 0;
  for (const auto& provenance : run.provenance()) {
    EXPECT_NE(provenance.answerer, subproblem::Answerer::surrogate);
    if (provenance.answerer != subproblem::Answerer::audit) continue;
    ++n_audits;
    EXPECT_GE(provenance.audited_error, 0.0);
    EXPECT_GE(provenance.score, 0.0);
  }
  const auto& last = run.solver().last_step().rows;
  EXPECT_EQ(parallel::duplicate(MPI_COMM_WORLD).sum(n_audits), last.accepted);
  EXPECT_GT(last.accepted, last.rejected);
}

TEST(HybridSolver, says_which_version_a_step_has_asked_and_not_which_it_has_promoted) {
  ToyRun run(options_of(control::Policy::always));
  const auto serving = [&] { return run.solver().surrogate()->version(); };
  std::int64_t step = 0;
  for (; serving() < 0 && step < 40; ++step) {
    run.step(step);
    EXPECT_EQ(run.solver().last_step().version, -1);
  }
  ASSERT_EQ(serving(), 0) << "a version was promoted";
  run.step(step);
  EXPECT_EQ(run.solver().last_step().version, 0);
  for (const auto& provenance : run.provenance()) EXPECT_LE(provenance.version, 0);
}

TEST(HybridSolver, spares_hot_rows_whose_answers_stand_the_look_whether_they_need_a_solver) {
  auto options = options_of(control::Policy::always);
  options.schedule.placement = Placement::off;
  ToyRun run(options, Duration::common, taught_surrogate());
  run.step(0);
  const auto before = run.n_rates();
  run.step(1);
  const auto looks = parallel::duplicate(MPI_COMM_WORLD).sum(run.n_rates() - before);
  const auto& last = run.solver().last_step().rows;
  EXPECT_GT(last.accepted, 500);
  EXPECT_GT(looks, 0);
  EXPECT_LT(looks, last.total - last.accepted / 2) << "cold rows are looked at first, and rejected ones";
}

TEST(HybridSolver, stops_answers_that_change_a_row_at_rest_by_less_than_the_tolerance) {
  auto options = options_of(control::Policy::always);
  options.schedule.placement = Placement::off;
  options.switching.tolerance = 0.5;  // rows up to 700 K change by 0.06 at most
  ToyRun run(options, Duration::common, taught_surrogate());
  run.step(0);
  const auto& rows = run.solver().rows();
  const auto gates = run.solver().gated();
  EXPECT_GT(std::ranges::find(gates, "slight", &GateCount::name)->rows, 100);
  EXPECT_GT(rows.accepted, 500) << "of the hotter ones";
}

TEST(HybridSolver, neither_asks_about_nor_learns_from_rows_that_are_not_answerable) {
  auto options = options_of(control::Policy::always);
  options.schedule.perturbed = 0.0;  // nothing is learned but what physics was asked about
  ToyRun run(options, Duration::by_row);
  run.answer_below(0.5);
  run.step(0);
  const auto& rows = run.solver().rows();
  EXPECT_GT(rows.unanswerable, 500);
  EXPECT_EQ(run.comm().sum(run.solver().surrogate()->n_remembered()), rows.rejected - rows.unanswerable);
  for (std::int64_t step = 1; step < 40; ++step) run.step(step);
  EXPECT_GT(run.solver().last_step().rows.accepted, 300);
  for (std::int64_t i = 0; i < run.rows().size(); ++i) {
    if (run.rows()[i][1] < 0.5) continue;
    EXPECT_NE(run.provenance()[static_cast<std::size_t>(i)].answerer, subproblem::Answerer::surrogate);
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

TEST(HybridSolver, calibrates_a_model_anew_whose_first_answers_were_like_none_that_follow) {
  auto options = options_of(control::Policy::certified);
  options.schedule.placement = Placement::off;
  ToyRun run(options, Duration::common, taught_surrogate());
  for (std::int64_t step = 0; step < 6; ++step) {
    run.change_physics(step % 2 == 0 ? 0.0 : 6.0);  // what the model has learned is wrong, and no correction follows
    run.step(step);
  }
  EXPECT_EQ(run.solver().rows().accepted, 0);
  run.change_physics(0.3);
  for (std::int64_t step = 6; step < 60; ++step) run.step(step);
  EXPECT_GT(run.solver().last_step().rows.accepted, 500);
}

TEST(HybridSolver, leaves_everything_to_physics_when_its_weights_turn_nan_and_learns_again) {
  auto options = options_of(control::Policy::certified);
  options.faults.weights_nan_at = 40;
  ToyRun run(options);
  for (std::int64_t step = 0; step < 40; ++step) run.step(step);
  EXPECT_GT(run.solver().last_step().rows.accepted, 500);
  EXPECT_EQ(run.step(40), 0.0);
  EXPECT_EQ(run.solver().last_step().rows.accepted, 0);
  EXPECT_EQ(run.solver().last_step().rows.unusable, run.solver().last_step().rows.asked);
  EXPECT_NE(run.solver().controller().standing(), control::Standing::on);
  for (std::int64_t step = 41; step < 140; ++step) run.step(step);
  EXPECT_GT(run.solver().last_step().rows.accepted, 500);
}

TEST(HybridSolver, withdraws_a_step_when_its_audits_show_that_physics_has_changed_and_learns_again) {
  ToyRun run(options_of(control::Policy::certified));
  for (std::int64_t step = 0; step < 40; ++step) run.step(step);
  EXPECT_GT(run.solver().last_step().rows.accepted, 500);
  run.change_physics(1.5);
  EXPECT_EQ(run.step(40), 0.0) << "no answer of this step stands";
  EXPECT_GT(run.solver().rows().withdrawn, 500);
  EXPECT_EQ(run.step(41), 0.0) << "nor of the next";
  for (std::int64_t step = 42; step < 160; ++step) run.step(step);
  EXPECT_GT(run.solver().last_step().rows.accepted, 500);
  const auto& rows = run.solver().rows();
  EXPECT_LE(static_cast<double>(rows.verified_wrong), 0.05 * static_cast<double>(rows.accepted));
}

TEST(HybridSolver, veto_on_cost_keeps_training_within_its_share) {
  auto options = options_of(control::Policy::certified);
  options.switching.max_overhead = 0.5;
  options.switching.unit_costs = {.physics = 1e-3, .inference = 1e-5, .update = 0.1};
  ToyRun run(options);
  for (std::int64_t step = 0; step < 60; ++step) run.step(step);
  const auto& ledger = run.solver().controller().ledger();
  EXPECT_GT(ledger.training, 0.0);
  const double probe = 30 * run.comm().size() * 0.1;
  EXPECT_LE(ledger.spent(), 1.5 * ledger.physics_alone() + probe);
}

TEST(HybridSolver, audits_the_same_rows_and_decides_alike_on_any_number_of_ranks) {
  auto options = options_of(control::Policy::certified);
  options.schedule.placement = Placement::off;
  ToyRun together(options, Duration::common, taught_surrogate());
  ToyRun alone(options, Duration::common, taught_surrogate(), parallel::Communicator());
  std::int64_t accepted = 0, audited = 0, differs = 0, rows = 0, in_another_bin = 0;
  for (std::int64_t step = 0; step < 40; ++step) {
    together.step(step);
    alone.step(step);
    const double threshold = alone.solver().last_step().threshold;
    EXPECT_EQ(together.solver().last_step().threshold, threshold) << "step " << step;
    for (std::size_t i = 0; i < together.ids().size(); ++i) {
      const auto id = together.ids()[i];
      const auto& here = together.provenance()[i];
      const auto& there = alone.provenance()[static_cast<std::size_t>(id)];
      // Corrections enlarge the rounding of batches of another size to some 1e-4 tolerances, which moves a row here
      // and there into the next bin of the calibration.
      ++rows;
      in_another_bin += std::abs(here.score - there.score) > 1e-3 * (std::abs(there.score) + 1.0);
      EXPECT_NEAR(here.score, there.score, 2.5e-3 * (std::abs(there.score) + 1.0));
      EXPECT_EQ(here.audited_error < 0.0, there.audited_error < 0.0) << "step " << step << ", cell " << id;
      // Batches of another size round otherwise; it may only matter to a score that lies on the threshold.
      if (std::abs(there.score - threshold) > 1e-3 * threshold) differs += here.answerer != there.answerer;
      accepted += here.answerer == subproblem::Answerer::surrogate;
      audited += here.audited_error >= 0.0;
    }
  }
  EXPECT_EQ(differs, 0);
  EXPECT_LE(in_another_bin, rows / 200);
  EXPECT_GT(together.comm().sum(accepted), 10000);
  EXPECT_GT(together.comm().sum(audited), 500);
}

TEST(HybridSolver, tosses_other_coins_for_another_initial_model_of_the_same_seed) {
  const auto comm = parallel::duplicate(MPI_COMM_WORLD);
  auto options = options_of(control::Policy::always);
  options.schedule.placement = Placement::off;
  const auto audited_cells = [&](std::optional<surrogate::Surrogate> surrogate) {
    ToyRun run(options, Duration::common, std::move(surrogate));
    run.step(0);
    std::vector<std::int64_t> cells;
    for (std::size_t i = 0; i < run.ids().size(); ++i)
      if (run.provenance()[i].audited_error >= 0.0) cells.push_back(run.ids()[i]);
    return cells;
  };
  const auto cells = audited_cells(taught_surrogate());
  EXPECT_EQ(cells, audited_cells(taught_surrogate()));
  const auto others = audited_cells(testing::toy_surrogate(Duration::common, comm));
  std::vector<std::int64_t> both;
  std::ranges::set_intersection(cells, others, std::back_inserter(both));
  EXPECT_LT(2 * both.size(), cells.size() + 1);
}

TEST(HybridSolver, tightens_the_tolerance_when_errors_would_add_up_to_more_than_the_run_may_have) {
  auto options = options_of(control::Policy::certified);
  options.switching.tolerance = 0.1;
  options.schedule.placement = Placement::off;
  options.expected_steps = 60;
  const auto drift = [&](std::optional<double> run_tolerance) {
    options.switching.run_tolerance = run_tolerance;
    ToyRun run(options, Duration::common, taught_surrogate());
    for (std::int64_t step = 0; step < 60; ++step) {
      // Faster and faster: the corrections lag behind, so that every answer burns too little, within the tolerance.
      run.change_physics(0.3 + 2e-3 * static_cast<double>(step));
      run.step(step);
    }
    return std::pair(std::abs(run.solver().output_errors()[1].estimate.accumulated),
                     run.solver().controller().tightness());
  };
  const auto [loose, full] = drift({});
  EXPECT_EQ(full, 1.0);
  const auto [tight, part] = drift(0.2 * loose);
  EXPECT_LT(part, 1.0);
  EXPECT_LT(tight, 0.5 * loose);
}

}  // namespace
}  // namespace bimetal::hybrid
