#include "subproblem/reactor_solver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include "core/error.hpp"
#include "core/timer.hpp"
#include "reactor_rows.hpp"

namespace bimetal::subproblem {
namespace {

using testing::Case;
using testing::cases;
using testing::make_reactor;

constexpr Integrator both[] = {Integrator::cvode, Integrator::rosenbrock};

void expect_conservation(const Case& one, Integrator integrator) {
  ReactorSolver solver(make_reactor(one), {.integrator = integrator});
  const auto rows = testing::ignition_rows(one, solver);
  for (std::int64_t row = 0; row < one.n_rows; ++row) {
    ASSERT_LE(testing::element_defect(solver.kind().signature(), rows[row], rows[row + 1]), 1e-14);
    ASSERT_LE(testing::enthalpy_defect(solver.kind(), rows[row], rows[row + 1]), 1e-14);
    double sum = 0.0;
    for (double y : rows[row + 1].subspan(1)) {
      ASSERT_GE(y, 0.0);
      sum += y;
    }
    ASSERT_NEAR(sum, 1.0, 1e-12);
  }
  EXPECT_GT(rows[one.n_rows][0], one.T + 800.0) << "the mixture was to ignite on the way";
  EXPECT_EQ(solver.counts().rows, one.n_rows);
  EXPECT_EQ(solver.counts().failures, 0);
  EXPECT_EQ(solver.counts().unconserved, 0);
  EXPECT_GT(solver.counts().rhs_evaluations, solver.counts().steps);
}

TEST(ReactorSolver, conserves_elements_mass_and_enthalpy_to_round_off) {
  for (const auto& one : cases())
    for (auto integrator : both) expect_conservation(one, integrator);
}

TEST(ReactorSolver, gives_the_same_bits_whatever_the_order_batch_and_history) {
  for (auto integrator : both) {
    const auto one = cases().front();
    ReactorSolver solver(make_reactor(one), {.integrator = integrator});
    const auto table = testing::ignition_rows(one, solver);
    const std::int64_t n = table.size();
    core::RowTable at_once(table.width(), n);
    testing::solve(solver, table.rows(), at_once.rows());

    std::vector<std::int64_t> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937_64(31));
    ReactorSolver fresh(make_reactor(one), {.integrator = integrator});
    for (std::int64_t row : order) {
      std::vector<double> out(table[row].size());  // alone, in another order, by another solver
      testing::solve(fresh, core::ConstRows(table[row].data(), 1, table.width()),
                     core::Rows(out.data(), 1, table.width()));
      const auto expected = at_once[row];
      ASSERT_TRUE(std::equal(out.begin(), out.end(), expected.begin())) << one.fuel << " row " << row;
    }
  }
}

constexpr double atmosphere = 101325.0;  // [Pa]

TEST(ReactorSolver, gives_a_row_with_its_own_pressure_and_step_the_answer_of_a_reactor_made_for_them) {
  const ReactorSolverOptions ways[] = {
      {.integrator = Integrator::cvode},
      {.integrator = Integrator::rosenbrock},
      {.integrator = Integrator::rosenbrock, .max_steps = 10}};  // by second attempts
  for (const auto& one : cases())
    for (const auto& way : ways) {
      ReactorSolver normal(make_reactor(one));
      const auto ignition = testing::ignition_rows(one, normal);
      core::RowTable states(ignition.width());
      for (std::int64_t row = 0; row < ignition.size(); row += one.n_rows / 10) states.append(ignition[row]);
      const std::vector<double> scales(static_cast<std::size_t>(states.width()), 1.0);
      ReactorSolver by_row(
          Reactor(one.mechanism,
                  {.pressure = 2e6, .pressure_given = Given::by_row, .dt = 1e-4, .step_given = Given::by_row},
                  scales),
          way);
      core::RowTable in(states.width() + 2), expected(states.width()), out(states.width());
      for (double p : {0.5 * atmosphere, atmosphere, 5.0 * atmosphere})
        for (double dt : {1e-7, 1e-6, 1e-5}) {
          ReactorSolver constant(Reactor(one.mechanism, {.pressure = p, .dt = dt}, scales), way);
          core::RowTable answers(states.width(), states.size());
          testing::solve(constant, states.rows(), answers.rows());
          for (std::int64_t row = 0; row < states.size(); ++row) {
            in.append(testing::row_of(by_row.kind(), states[row], p, dt));
            expected.append(answers[row]);
          }
        }
      out.resize(in.size());
      EXPECT_TRUE(testing::solve(by_row, in.rows(), out.rows()).failures.empty());
      EXPECT_TRUE(std::ranges::equal(out.rows().flat(), expected.rows().flat())) << one.fuel;
      EXPECT_EQ(by_row.counts().retries > 0, way.max_steps == 10);
    }
}

TEST(ReactorSolver, takes_pressure_or_step_by_row_and_the_other_once) {
  const auto one = cases().front();
  ReactorSolver normal(make_reactor(one));
  const auto states = testing::ignition_rows(one, normal);
  const auto middle = states[one.n_rows / 2];
  const std::vector<double> scales(middle.size(), 1.0);
  const double p = 3.0 * atmosphere, dt = 3e-7;
  const auto answer = [&](const ReactorOptions& options) {
    ReactorSolver solver(Reactor(one.mechanism, options, scales));
    core::RowTable in(std::ssize(solver.kind().signature().inputs)), out(states.width(), 1);
    in.append(testing::row_of(solver.kind(), middle, p, dt));
    EXPECT_TRUE(testing::solve(solver, in.rows(), out.rows()).failures.empty());
    return std::vector<double>(out[0].begin(), out[0].end());
  };
  const auto expected = answer({.pressure = p, .dt = dt});
  EXPECT_EQ(answer({.pressure_given = Given::by_row, .dt = dt}), expected);
  EXPECT_EQ(answer({.pressure = p, .step_given = Given::by_row}), expected);
  EXPECT_NE(answer({.dt = dt}), expected) << "at another pressure";
  EXPECT_NE(answer({.pressure = p}), expected) << "over another step";
}

/// Largest scaled error along an ignition.
double largest_error(const Case& one, const ReactorSolverOptions& options) {
  ReactorSolver solver(make_reactor(one), options);
  ReactorSolver tight(make_reactor(one), {.integrator = Integrator::cvode, .rtol = 1e-10, .atol = 1e-16});
  const auto rows = testing::ignition_rows(one, solver);
  core::RowTable answer(rows.width(), rows.size());
  core::RowTable truth(rows.width(), rows.size());
  testing::solve(solver, rows.rows(), answer.rows());
  testing::solve(tight, rows.rows(), truth.rows());
  const auto& columns = solver.kind().signature().outputs;
  double largest = 0.0;
  for (std::int64_t row = 0; row < rows.size(); ++row)
    for (std::size_t k = 0; k < columns.size(); ++k)
      largest = std::max(largest, std::abs(answer[row][k] - truth[row][k]) / columns[k].scale);
  return largest;
}

TEST(ReactorSolver, agrees_with_a_much_tighter_integration) {
  for (const auto& one : cases()) {
    EXPECT_LT(largest_error(one, {.integrator = Integrator::cvode}), 1e-4);
    EXPECT_LT(largest_error(one, {.integrator = Integrator::rosenbrock}), 1e-5);
    EXPECT_LT(largest_error(one, {.integrator = Integrator::rosenbrock, .rtol = 1e-3, .atol = 1e-7}), 1e-2);
  }
}

TEST(ReactorSolver, picks_the_cheaper_integrator_unless_told_otherwise) {
  EXPECT_EQ(chosen_integrator({.rtol = 1e-6}, 9, 1e-5), Integrator::rosenbrock);
  EXPECT_EQ(chosen_integrator({.rtol = 1e-6}, 53, 1e-5), Integrator::cvode);
  EXPECT_EQ(chosen_integrator({.rtol = 1e-3}, 53, 1e-5), Integrator::rosenbrock);
  EXPECT_EQ(chosen_integrator({.rtol = 1e-6}, 53, 1e-6), Integrator::rosenbrock);
  EXPECT_EQ(chosen_integrator({.integrator = Integrator::cvode}, 9, 1e-6), Integrator::cvode);
}

TEST(ReactorSolver, reports_a_row_it_cannot_solve_and_leaves_it_as_it_was) {
  const Case one = cases().front();
  ReactorSolver solver(make_reactor(one));
  const auto good = testing::ignition_rows(one, solver);
  core::RowTable in(good.width());
  for (std::int64_t row : {0, 1, 2}) in.append(good[row]);
  in[1][0] = -50.0;  // no temperature
  const std::vector<double> bad(in[1].begin(), in[1].end());
  core::RowTable out(in.width(), 3);
  const std::vector<std::int64_t> ids{70, 71, 72};
  std::vector<Provenance> provenance(3, Provenance{Answerer::surrogate, 4, 0.5, 0.5});
  Batch batch{in.rows(), out.rows(), ids, 0, provenance};
  const auto report = solver.solve(batch);
  ASSERT_EQ(report.failures.size(), 1u);
  EXPECT_EQ(report.failures[0].id, 71);
  EXPECT_EQ(report.failures[0].in, bad);
  EXPECT_EQ(report.retries, 2);
  EXPECT_FALSE(report.failures[0].reason.empty());
  EXPECT_TRUE(std::equal(bad.begin(), bad.end(), out[1].begin()));
  EXPECT_EQ(solver.counts().failures, 1);
  EXPECT_EQ(solver.counts().retries, 2);
  for (const auto& one_row : provenance) EXPECT_EQ(one_row.answerer, Answerer::physics);

  in[1][0] = std::nan("");
  EXPECT_EQ(solver.solve(batch).failures.size(), 1u);
  EXPECT_EQ(solver.counts().failures, 2);
}

TEST(ReactorSolver, reports_a_row_whose_pressure_or_step_is_not_positive) {
  const Case one = cases().front();
  ReactorSolver normal(make_reactor(one));
  const auto states = testing::ignition_rows(one, normal);
  ReactorSolver solver(make_reactor(one, {.pressure_given = Given::by_row, .step_given = Given::by_row}));
  const double nan = std::nan("");
  const std::pair<double, double> conditions[] = {{atmosphere, 1e-6}, {0.0, 1e-6},       {-1.0, 1e-6},
                                                  {nan, 1e-6},        {atmosphere, 0.0}, {atmosphere, -1e-6},
                                                  {atmosphere, nan}};
  core::RowTable in(states.width() + 2), out(states.width(), std::ssize(conditions));
  for (const auto& [p, dt] : conditions) in.append(testing::row_of(solver.kind(), states[20], p, dt));
  const auto report = testing::solve(solver, in.rows(), out.rows());
  ASSERT_EQ(std::ssize(report.failures), in.size() - 1);
  for (std::int64_t row = 1; row < in.size(); ++row) {
    const auto& failure = report.failures[static_cast<std::size_t>(row - 1)];
    EXPECT_EQ(failure.id, row);
    EXPECT_EQ(failure.in.size(), 12u);
    EXPECT_TRUE(std::ranges::equal(out[row], states[20]));
    EXPECT_FALSE(solver.kind().inert(in[row], 1e3)) << "or physics would not get to see it";
  }
  EXPECT_FALSE(std::ranges::equal(out[0], states[20]));
}

#ifndef NDEBUG
TEST(ReactorSolver, refuses_tables_of_the_wrong_width) {
  const Case one = cases().front();
  const auto width = static_cast<std::int64_t>(1 + one.mechanism->n_species());
  ReactorSolver constant(make_reactor(one));
  ReactorSolver by_row(make_reactor(one, {.pressure_given = Given::by_row, .step_given = Given::by_row}));
  core::RowTable narrow(width, 3), wide(width + 2, 3), other(width, 3);
  EXPECT_THROW(testing::solve(constant, wide.rows(), other.rows()), std::logic_error);
  EXPECT_THROW(testing::solve(by_row, narrow.rows(), other.rows()), std::logic_error);
  EXPECT_THROW(testing::solve(by_row, wide.rows(), wide.rows()), std::logic_error);
}
#endif

TEST(ReactorSolver, solves_at_a_second_attempt_what_takes_more_steps_than_allowed) {
  const Case one = cases().front();
  ReactorSolver normal(make_reactor(one));
  const auto rows = testing::ignition_rows(one, normal);
  const auto& columns = normal.kind().signature().outputs;
  for (auto integrator : both) {
    ReactorSolver impatient(make_reactor(one), {.integrator = integrator, .max_steps = 3});
    core::RowTable out(rows.width(), rows.size());
    EXPECT_TRUE(testing::solve(impatient, rows.rows(), out.rows()).failures.empty());
    EXPECT_GT(impatient.counts().retries, 0);
    for (std::int64_t row = 0; row + 1 < rows.size(); ++row)
      for (std::size_t k = 0; k < columns.size(); ++k)
        ASSERT_NEAR(out[row][k], rows[row + 1][k], 1e-4 * columns[k].scale);
  }
}

TEST(ReactorSolver, tells_what_it_tried_and_how_often_it_tried_again) {
  const Case one = cases().front();
  ReactorSolver normal(make_reactor(one));
  const auto rows = testing::ignition_rows(one, normal);
  core::RowTable out(rows.width(), 1);
  const auto solve_with = [&](const ReactorSolverOptions& options, double T) {
    ReactorSolver solver(make_reactor(one), options);
    core::RowTable in(rows.width());
    in.append(rows[one.n_rows / 2]);
    in[0][0] = T;
    const auto report = testing::solve(solver, in.rows(), out.rows());
    EXPECT_EQ(report.retries, std::max<std::int64_t>(std::ssize(solver.attempts()) - 1, 0));
    return std::vector<Attempt>(solver.attempts().begin(), solver.attempts().end());
  };

  const auto easy = solve_with({.integrator = Integrator::rosenbrock}, 1500.0);
  ASSERT_EQ(easy.size(), 1u);
  EXPECT_EQ(easy[0].integrator, Integrator::rosenbrock);
  EXPECT_EQ(easy[0].rtol, 1e-6);
  EXPECT_GT(easy[0].steps, 0);
  EXPECT_FALSE(easy[0].trouble);

  const auto second = solve_with({.integrator = Integrator::rosenbrock, .max_steps = 3}, 1500.0);
  ASSERT_GT(second.size(), 1u);
  EXPECT_EQ(second[0].trouble, "it takes too many steps");
  EXPECT_EQ(second[0].steps, 3);
  EXPECT_EQ(second[1].integrator, Integrator::cvode);
  EXPECT_LT(second[1].rtol, second[0].rtol);
  EXPECT_FALSE(second.back().trouble);

  const auto hopeless = solve_with({}, -50.0);
  ASSERT_EQ(hopeless.size(), 3u);
  for (const auto& attempt : hopeless) EXPECT_TRUE(attempt.trouble);
  EXPECT_TRUE(solve_with({}, std::nan("")).empty()) << "there is no use in trying";
}

TEST(ReactorSolver, tells_what_each_row_cost) {
  const auto one = cases().front();
  ReactorSolver solver(make_reactor(one));
  const auto rows = testing::ignition_rows(one, solver);
  core::RowTable out(rows.width(), rows.size());
  const std::vector<std::int64_t> id(static_cast<std::size_t>(rows.size()), 0);
  std::vector<double> seconds(id.size(), 0.0);
  Batch batch{.in = rows.rows(), .out = out.rows(), .id = id, .step = 0, .provenance = {}, .seconds = seconds};
  const core::Stopwatch watch;
  solver.solve(batch);
  const double total = watch.seconds();
  double sum = 0.0;
  for (double each : seconds) {
    EXPECT_GT(each, 0.0);
    sum += each;
  }
  EXPECT_LE(sum, total);
  EXPECT_GT(sum, 0.5 * total);
}

TEST(ReactorSolver, refuses_senseless_options) {
  const Case one = cases().front();
  EXPECT_THROW(ReactorSolver(make_reactor(one), {.rtol = 0.0}), core::UserError);
  EXPECT_THROW(ReactorSolver(make_reactor(one), {.atol = -1.0}), core::UserError);
  EXPECT_THROW(ReactorSolver(make_reactor(one), {.max_steps = 0}), core::UserError);
}

}  // namespace
}  // namespace bimetal::subproblem
