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

constexpr double knee = 1e-3, resolution = 1e-6;

Scaling fitted(const testing::Rows& rows, const parallel::Communicator& comm = {}) {
  Scaling scaling(toy_signature(), NullSpace(toy_signature()), knee, resolution);
  scaling.fit(rows.in.rows(), rows.out.rows(), comm);
  return scaling;
}

TEST(Scaling, gives_a_temperature_two_features_and_every_mass_fraction_one) {
  const Scaling scaling(toy_signature(), NullSpace(toy_signature()), knee, 0.0);
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

TEST(Scaling, hides_what_an_answer_may_get_wrong) {
  const auto signature = toy_signature();
  const auto feature = [&](const Scaling& scaling, double Y) {
    core::RowTable in(6);
    const std::vector<double> row{800.0, 0.25, 0.5, 0.25, Y, 0.0};
    in.append(row);
    std::vector<float> x(7);
    scaling.features(in.rows(), 0, 1, x.data());
    return x[5];
  };
  const double scale = signature.inputs[4].scale;
  const Scaling sharp(signature, NullSpace(signature), knee, 0.0), blunt(signature, NullSpace(signature), knee, 1e-3);
  EXPECT_NEAR(feature(blunt, 3e-3), std::pow(3e-3 + 1e-3 * scale, 0.1), 1e-6);
  EXPECT_GT(feature(sharp, 1e-5 * scale) - feature(sharp, 0.0), 0.1);
  EXPECT_LT(feature(blunt, 1e-5 * scale) - feature(blunt, 0.0), 1e-3);
  EXPECT_EQ(feature(blunt, -1.0), feature(blunt, 0.0));
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

TEST(Scaling, brings_increments_back_to_the_answers_they_came_from) {
  const auto rows = toy_rows(500, 2);
  auto scaling = fitted(rows);
  std::vector<float> u(3);
  std::vector<double> back(6);
  for (std::int64_t i = 0; i < rows.in.size(); ++i) {
    scaling.increments(rows.in[i], rows.out[i], u.data());
    scaling.advance(rows.in[i], u.data(), back);
    EXPECT_EQ(back[0], rows.in[i][0]) << "derived columns come from the input";
    // Single precision.
    for (std::size_t k = 1; k < 6; ++k)
      EXPECT_NEAR(back[k], rows.out[i][k], 1e-5 * std::abs(rows.out[i][k] - rows.in[i][k]) + 1e-9);
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

TEST(Scaling, does_not_resolve_what_is_far_below_the_scale_of_a_plain_column) {
  core::Signature signature;
  signature.inputs = {{"round_off", "1", 0.5}, {"large", "1", 0.5}};
  signature.outputs = core::continued(signature.inputs);
  signature.invariants = core::Matrix(0, 2);
  Scaling scaling(signature, NullSpace(signature), knee, resolution);
  core::RowTable rows(2, 10);
  for (std::int64_t i = 0; i < 10; ++i) {
    rows[i][0] = 1e-17 * static_cast<double>(i - 5);
    rows[i][1] = 1000.0;
  }
  scaling.fit(rows.rows(), rows.rows(), {});
  rows[0][0] = 0.05;
  rows[0][1] = 1001.0;
  std::vector<float> x(2);
  scaling.features(rows.rows(), 0, 1, x.data());
  EXPECT_FLOAT_EQ(x[0], 10.0F) << "a hundredth of the scale";
  EXPECT_FLOAT_EQ(x[1], 1.0F) << "a thousandth of the mean";
}

TEST(Scaling, sees_a_positive_quantity_by_ratios) {
  const auto signature = testing::toy_signature_with_step();
  Scaling scaling(signature, NullSpace(signature), knee, resolution);
  ASSERT_EQ(scaling.n_features(), 8);
  EXPECT_EQ(scaling.n_targets(), 3) << "a condition has no successor";
  const auto rows = testing::toy_rows_with_step(2000, 6, 1e-7, 1e-5);
  scaling.fit(rows.in.rows(), rows.out.rows(), {});
  const auto feature = [&](double dt) {
    auto in = rows.in;
    in[0][6] = dt;
    std::vector<float> x(8);
    scaling.features(in.rows(), 0, 1, x.data());
    return x[7];
  };
  // Evenly spread over two decades: the deviation of ln dt is ln(100) / sqrt(12).
  EXPECT_NEAR(feature(1e-6), 0.0, 0.1);
  EXPECT_NEAR(feature(1e-5), std::sqrt(3.0), 0.1);
  EXPECT_NEAR(feature(4e-7) - feature(2e-7), feature(6e-6) - feature(3e-6), 1e-5);
}

TEST(Scaling, sees_nothing_in_a_step_that_has_been_constant_and_keeps_its_head_when_it_changes) {
  const auto signature = testing::toy_signature_with_step();
  Scaling scaling(signature, NullSpace(signature), knee, resolution);
  auto rows = testing::toy_rows_with_step(300, 7, 1e-6, 1e-6);
  for (std::int64_t i = 0; i < 300; ++i) rows.in[i][6] *= 1.0 + 1e-15 * static_cast<double>(i);  // to round-off
  scaling.fit(rows.in.rows(), rows.out.rows(), {});
  std::vector<float> x(8);
  for (std::int64_t i = 0; i < 300; ++i) {
    scaling.features(rows.in.rows(), i, 1, x.data());
    EXPECT_NEAR(x[7], 0.0, 1e-6);
  }
  for (double factor : {0.5, 2.0}) {
    rows.in[0][6] = factor * 1e-6;
    scaling.features(rows.in.rows(), 0, 1, x.data());
    EXPECT_NEAR(x[7], 10.0 * std::log(factor), 1e-4);
  }
  for (double senseless : {0.0, -1.0}) {
    rows.in[0][6] = senseless;
    scaling.features(rows.in.rows(), 0, 1, x.data());
    EXPECT_TRUE(std::isfinite(x[7]));
  }
}

TEST(Scaling, lets_numbers_through_that_are_not_finite) {
  const auto rows = toy_rows(100, 4);
  auto scaling = fitted(rows);
  const std::vector<float> u{0.0F, std::numeric_limits<float>::quiet_NaN(), 0.0F};
  std::vector<double> out(6);
  scaling.advance(rows.in[0], u.data(), out);
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
