#include "surrogate/scaling.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <cmath>
#include <limits>

#include "parallel/mpi.hpp"
#include "toy_chemistry.hpp"

namespace bimetal::surrogate {
namespace {

using testing::toy_rows;
using testing::toy_signature;

constexpr double knee = 1e-3;

Scaling fitted(const testing::Rows& rows, const parallel::Communicator& comm = {}) {
  Scaling scaling(toy_signature(), NullSpace(toy_signature()), knee);
  scaling.fit(rows.in.rows(), rows.out.rows(), comm);
  return scaling;
}

TEST(Scaling, gives_a_temperature_two_features_and_every_mass_fraction_one) {
  const Scaling scaling(toy_signature(), NullSpace(toy_signature()), knee);
  ASSERT_EQ(scaling.n_features(), 7);
  ASSERT_EQ(scaling.n_targets(), 3);
  core::RowTable in(6);
  const std::vector<double> row{800.0, 0.25, 0.0, -1e-9, 1e-10, 1.0};
  in.append(row);
  std::vector<float> x(7);
  scaling.features(in.rows(), 0, 1, x.data());
  const std::vector<float> expected{800.0F, 1.25F, 0.870551F, 0.0F, 0.0F, 0.1F, 1.0F};
  for (std::size_t f = 0; f < x.size(); ++f) EXPECT_NEAR(x[f], expected[f], 1e-6F) << "feature " << f;
}

TEST(Scaling, standardises_what_it_was_fitted_to) {
  const auto rows = toy_rows(2000, 1);
  const auto scaling = fitted(rows);
  const auto n_features = static_cast<std::size_t>(scaling.n_features());
  std::vector<float> x(2000 * n_features);
  scaling.features(rows.in.rows(), 0, 2000, x.data());
  for (std::size_t f = 0; f < n_features; ++f) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < 2000; ++i) {
      sum += x[i * n_features + f];
      squares += x[i * n_features + f] * x[i * n_features + f];
    }
    EXPECT_NEAR(sum / 2000, 0.0, 1e-5) << "feature " << f;
    EXPECT_NEAR(squares / 2000, 1.0, 1e-5) << "feature " << f;
  }
}

TEST(Scaling, brings_targets_back_to_the_answers_they_came_from) {
  const auto rows = toy_rows(500, 2);
  auto scaling = fitted(rows);
  std::vector<float> z(3);
  std::vector<double> back(6);
  for (std::int64_t i = 0; i < rows.in.size(); ++i) {
    scaling.targets(rows.in[i], rows.out[i], z.data());
    scaling.advance(rows.in[i], z.data(), back);
    EXPECT_EQ(back[0], rows.in[i][0]) << "derived columns come from the input";
    // Single precision of z, as seen through the sinh: a few parts in a million of the increment.
    for (std::size_t k = 1; k < 6; ++k)
      EXPECT_NEAR(back[k], rows.out[i][k], 1e-5 * std::abs(rows.out[i][k] - rows.in[i][k]) + 1e-8);
  }
}

TEST(Scaling, gives_a_column_that_does_not_vary_the_least_deviation_of_its_nature) {
  auto rows = toy_rows(100, 3);
  for (std::int64_t i = 0; i < 100; ++i) rows.in[i][0] = 1000.0;
  const auto scaling = fitted(rows);
  std::vector<float> x(7);
  rows.in[0][0] = 1200.0;
  scaling.features(rows.in.rows(), 0, 1, x.data());
  EXPECT_FLOAT_EQ(x[0], 2.0F) << "100 K for a temperature";
}

TEST(Scaling, lets_numbers_through_that_are_not_finite) {
  const auto rows = toy_rows(100, 4);
  auto scaling = fitted(rows);
  const std::vector<float> z{0.0F, std::numeric_limits<float>::quiet_NaN(), 0.0F};
  std::vector<double> out(6);
  scaling.advance(rows.in[0], z.data(), out);
  EXPECT_TRUE(std::isnan(out[static_cast<std::size_t>(scaling.null_space().free_columns()[1])]));
}

TEST(Scaling, is_the_same_on_all_ranks_and_that_of_all_their_rows) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const auto all = toy_rows(240, 5);
  testing::Rows mine;
  // Rank 0 gets nothing unless it is alone.
  const int n_holders = std::max(1, world.size() - 1);
  for (std::int64_t i = 0; i < 240; ++i)
    if (i % n_holders == world.rank() - (world.size() > 1 ? 1 : 0)) {
      mine.in.append(all.in[i]);
      mine.out.append(all.out[i]);
    }
  const auto shared = fitted(mine, world);
  const auto alone = fitted(all);
  std::vector<float> x_shared(7), x_alone(7);
  shared.features(all.in.rows(), 7, 1, x_shared.data());
  alone.features(all.in.rows(), 7, 1, x_alone.data());
  for (std::size_t f = 0; f < 7; ++f) {
    EXPECT_NEAR(x_shared[f], x_alone[f], 1e-5F);
    EXPECT_EQ(world.max(static_cast<double>(x_shared[f])), world.min(static_cast<double>(x_shared[f])));
  }
}

TEST(Scaling, does_not_magnify_a_column_that_hardly_varies_yet) {
  // As before ignition: one state, over and over.
  testing::Rows rows;
  const std::vector<double> in{900.0, 0.25, 0.5, 0.2, 0.02, 0.03};
  std::vector<double> out(6);
  testing::toy_solve(in, out);
  for (int i = 0; i < 10; ++i) {
    rows.in.append(in);
    rows.out.append(out);
  }
  const auto scaling = fitted(rows);
  const std::vector<double> ignited{2000.0, 0.05, 0.1, 0.8, 0.02, 0.03};
  core::RowTable later(6);
  later.append(ignited);
  std::vector<float> x(static_cast<std::size_t>(scaling.n_features()));
  scaling.features(later.rows(), 0, 1, x.data());
  for (float value : x) EXPECT_LT(std::abs(value), 15.0F);
}

}  // namespace
}  // namespace bimetal::surrogate
