#include "hybrid/balanced_solver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "parallel/mpi.hpp"
#include "toy_problem.hpp"

namespace bimetal::hybrid {
namespace {

std::vector<std::int64_t> after(std::vector<std::int64_t> counts, const std::vector<Transfer>& plan) {
  for (const auto& transfer : plan) {
    EXPECT_GT(transfer.n, 0);
    counts[static_cast<std::size_t>(transfer.from)] -= transfer.n;
    counts[static_cast<std::size_t>(transfer.to)] += transfer.n;
  }
  return counts;
}

TEST(PlanTransfers, evens_out_any_distribution) {
  for (const auto& counts : std::vector<std::vector<std::int64_t>>{
           {100, 0}, {0, 0, 0, 7}, {5, 50, 500, 0}, {1, 0, 0, 0}, {33, 33, 40, 33}, {0, 1000, 0, 1000, 3}}) {
    const auto even = after(counts, plan_transfers(counts));
    const auto [low, high] = std::minmax_element(even.begin(), even.end());
    EXPECT_LE(*high - *low, 1);
    EXPECT_LT(plan_transfers(counts).size(), counts.size());
  }
}

TEST(PlanTransfers, leaves_a_nearly_even_distribution_alone) {
  EXPECT_TRUE(plan_transfers({100, 104, 99}).empty());
  EXPECT_TRUE(plan_transfers({0, 0}).empty());
  EXPECT_TRUE(plan_transfers({7}).empty());
}

class BalancedSolverTest : public ::testing::TestWithParam<testing::Duration> {
 protected:
  /// Rank 0 has all the rows, the others none.
  void SetUp() override {
    const std::int64_t n = comm_.is_root() ? 1000 : 0;
    in_.resize(n);
    out_.resize(n);
    for (std::int64_t i = 0; i < n; ++i) {
      in_[i][0] = 600.0 + static_cast<double>(i);
      in_[i][1] = 1e-3 * static_cast<double>(i);
      in_[i][2] = 1.0 - in_[i][1];
      if (in_.width() > 3) in_[i][3] = 0.1 + 1e-3 * static_cast<double>(i % 7);
      id_.push_back(7 * i);
    }
    seconds_.assign(static_cast<std::size_t>(n), 0.0);
  }
  subproblem::Batch batch() { return {.in = in_.rows(), .out = out_.rows(), .id = id_, .seconds = seconds_}; }

  const parallel::Communicator comm_ = parallel::duplicate(MPI_COMM_WORLD);
  core::RowTable in_{GetParam() == testing::Duration::by_row ? 4 : 3}, out_{3};
  std::vector<std::int64_t> id_;
  std::vector<double> seconds_;
};

TEST_P(BalancedSolverTest, shares_the_work_and_gives_every_row_its_own_answer) {
  auto reference = std::make_unique<testing::ToySolver>(GetParam());
  const auto& toy = *reference;
  BalancedSolver solver(std::move(reference), comm_);
  auto rows = batch();
  solver.solve(rows);
  EXPECT_LE(std::abs(toy.n_solved() - 1000 / comm_.size()), 1);

  testing::ToySolver alone(GetParam());
  core::RowTable expected(3, in_.size());
  subproblem::Batch check{.in = in_.rows(), .out = expected.rows(), .id = id_};
  alone.solve(check);
  for (std::int64_t i = 0; i < in_.size(); ++i) {
    for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(out_[i][k], expected[i][k]);
    EXPECT_EQ(seconds_[static_cast<std::size_t>(i)], 1e-5);
  }
}

TEST_P(BalancedSolverTest, reports_a_failure_once_with_the_id_of_its_row) {
  auto reference = std::make_unique<testing::ToySolver>(GetParam());
  reference->fail_on(7 * 500);
  BalancedSolver solver(std::move(reference), comm_);
  auto rows = batch();
  const auto report = solver.solve(rows);
  for (const auto& failure : report.failures) EXPECT_EQ(failure.id, 7 * 500);
  EXPECT_EQ(comm_.sum(std::ssize(report.failures)), 1);
  EXPECT_EQ(comm_.sum(report.retries), 2);
}

INSTANTIATE_TEST_SUITE_P(Rows, BalancedSolverTest,
                         ::testing::Values(testing::Duration::common, testing::Duration::by_row),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace bimetal::hybrid
