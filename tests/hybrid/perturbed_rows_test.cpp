#include "hybrid/perturbed_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "toy_problem.hpp"

namespace bimetal::hybrid {
namespace {

using testing::ToySolver;

constexpr double tolerance = 1e-2;
constexpr std::int64_t n_rows = 2000;
constexpr std::int64_t step = 7;

std::array<double, 3> row_of(std::int64_t id) {
  const double A = static_cast<double>(id % 11) / 10.0;
  return {1000.0 + static_cast<double>(id % 100), A, 1.0 - A};
}

/// Offers all rows; gives the copies, solved.
PerturbedRows perturbed(ToySolver& physics, double share, std::uint64_t seed = 1, double resolution = 4 * tolerance) {
  PerturbedRows rows(physics.kind().signature(), share, tolerance, resolution, seed);
  for (std::int64_t id = 0; id < n_rows; ++id) rows.offer(physics.kind(), row_of(id), id, step);
  rows.solve(physics, step);
  return rows;
}

TEST(PerturbedRows, are_the_share_asked_for) {
  ToySolver physics;
  EXPECT_NEAR(static_cast<double>(perturbed(physics, 0.1).size()), 0.1 * n_rows, 60.0);
  EXPECT_EQ(perturbed(physics, 0.0).size(), 0);
}

TEST(PerturbedRows, are_moved_by_what_a_surrogate_may_err_and_keep_what_is_conserved) {
  ToySolver physics;
  const auto rows = perturbed(physics, 1.0);
  ASSERT_GT(rows.size(), n_rows / 2);
  std::int64_t tiny = 0, wrong = 0;
  for (std::int64_t i = 0; i < rows.size(); ++i) {
    const auto origin = row_of(-1 - rows.id()[static_cast<std::size_t>(i)]);
    const auto moved = rows.in()[i];
    const double move = std::abs(moved[1] - origin[1]);
    EXPECT_GT(move, 0.0);
    EXPECT_GE(moved[1], 0.0);
    EXPECT_LT(move, 15.0 * tolerance) << "five deviations of the largest size";
    EXPECT_NEAR(moved[1] + moved[2], 1.0, 1e-15);
    EXPECT_NEAR(moved[0], origin[0] + 1000.0 * (origin[1] - moved[1]), 1e-9) << "T follows";
    tiny += move < 0.01 * tolerance;
    wrong += move > tolerance;
  }
  EXPECT_GT(tiny, n_rows / 10);
  EXPECT_GT(wrong, n_rows / 20);
}

TEST(PerturbedRows, move_small_mass_fractions_by_parts_of_themselves_as_far_as_these_are_resolved) {
  constexpr double resolution = 0.1 * tolerance;
  ToySolver physics;
  const auto wide = perturbed(physics, 1.0), fine = perturbed(physics, 1.0, 1, resolution);
  ASSERT_EQ(wide.size(), fine.size());
  std::int64_t n_without = 0;
  for (std::int64_t i = 0; i < fine.size(); ++i) {
    const double B = row_of(-1 - fine.id()[static_cast<std::size_t>(i)])[2];
    const double part = B == 0.0 ? 0.01 : 1.0;
    EXPECT_NEAR(fine.in()[i][2] - B, part * (wide.in()[i][2] - B), 1e-12);
    n_without += B == 0.0;
  }
  EXPECT_GT(n_without, 0);
}

TEST(PerturbedRows, have_the_answers_of_physics) {
  ToySolver physics;
  const auto rows = perturbed(physics, 0.5);
  core::RowTable again(3, rows.size());
  subproblem::Batch batch{.in = rows.in(), .out = again.rows(), .id = rows.id(), .step = step};
  physics.solve(batch);
  EXPECT_TRUE(std::ranges::equal(rows.out().flat(), std::as_const(again).rows().flat()));
}

TEST(PerturbedRows, depend_on_seed_step_and_cell_alone) {
  ToySolver physics;
  const auto rows = perturbed(physics, 0.3), same = perturbed(physics, 0.3), other = perturbed(physics, 0.3, 2);
  EXPECT_TRUE(std::ranges::equal(rows.in().flat(), same.in().flat()));
  EXPECT_FALSE(std::ranges::equal(rows.id(), other.id()));

  PerturbedRows backwards(physics.kind().signature(), 0.3, tolerance, 4 * tolerance, 1);
  for (std::int64_t id = n_rows; id-- > 0;) backwards.offer(physics.kind(), row_of(id), id, step);
  ASSERT_EQ(backwards.size(), rows.size());
  for (std::int64_t i = 0; i < rows.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(rows.in()[i], backwards.in()[rows.size() - 1 - i]));
}

/// Gives every third row back as it came, as a solver does that cannot solve it.
class Stumbling : public subproblem::SubproblemSolver {
 public:
  subproblem::Kind& kind() override { return inner_.kind(); }
  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    auto report = inner_.solve(batch);
    for (std::int64_t i = 0; i < batch.in.size(); i += 3)
      std::ranges::copy(batch.in[i].first(batch.out.width()), batch.out[i].begin());
    return report;
  }

 private:
  ToySolver inner_;
};

TEST(PerturbedRows, leave_out_what_physics_could_not_solve) {
  Stumbling physics;
  PerturbedRows rows(physics.kind().signature(), 1.0, tolerance, 4 * tolerance, 1);
  for (std::int64_t id = 1; id < 10; ++id) rows.offer(physics.kind(), row_of(id), id, step);
  const auto offered = rows.size();
  EXPECT_EQ(rows.solve(physics, step), (offered + 2) / 3);
  EXPECT_EQ(rows.size(), offered - (offered + 2) / 3);
  for (std::int64_t i = 0; i < rows.size(); ++i) EXPECT_LT(rows.out()[i][1], rows.in()[i][1]);
}

}  // namespace
}  // namespace bimetal::hybrid
