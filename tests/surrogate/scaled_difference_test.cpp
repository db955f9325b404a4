#include "surrogate/scaled_difference.hpp"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include <limits>

#include "surrogate/loss.hpp"
#include "toy_chemistry.hpp"

namespace bimetal::surrogate {
namespace {

TEST(ScaledDifference, is_the_scaled_error_of_the_answers_that_the_increments_stand_for) {
  const auto signature = testing::toy_signature();
  const auto rows = testing::toy_rows(200, 1);
  Scaling scaling(signature, NullSpace(signature), 0.1, 1e-3);
  scaling.fit(rows.in.rows(), rows.out.rows(), {});
  const ScaledDifference difference(signature, scaling);

  const auto u = torch::empty({200, scaling.n_targets()}, torch::kFloat32);
  for (std::int64_t i = 0; i < 200; ++i)
    scaling.increments(rows.in[i], rows.out[i], u.data_ptr<float>() + i * scaling.n_targets());
  torch::manual_seed(1);
  const auto other = u * (1.0 + 0.1 * torch::randn_like(u));
  const auto said = difference(u, other);
  std::vector<double> one(6), another(6);
  for (std::int64_t i = 0; i < 200; ++i) {
    scaling.advance(rows.in[i], u.data_ptr<float>() + i * scaling.n_targets(), one);
    scaling.advance(rows.in[i], other.data_ptr<float>() + i * scaling.n_targets(), another);
    const double expected = testing::scaled_error(signature, one, another);
    EXPECT_NEAR(said.data_ptr<float>()[i], expected, 1e-4 * expected + 1e-6) << "row " << i;
  }
  EXPECT_EQ(difference(u, u).max().item<float>(), 0.0F);
}

TEST(Loss, is_hubers_error_in_units_with_a_slope_of_one_far_away) {
  const auto signature = testing::toy_signature();
  const Scaling scaling(signature, NullSpace(signature), 1.0, 1e-3);
  const ScaledDifference difference(signature, scaling);
  const auto truth = torch::zeros({1, scaling.n_targets()});
  const auto loss_of = [&](double first, double tolerance) {
    const auto unit = torch::full({1, difference.n_predicted()}, tolerance);
    auto increments = truth.clone();
    increments[0][0] = first;
    const auto log_error = difference(increments, truth).clamp_min(1e-8).log10();
    const Network::Answer answer{.increments = increments, .log_error = log_error, .second = {}, .features = {}};
    return loss(answer, truth, unit, difference).item<double>();
  };
  EXPECT_EQ(loss_of(0.0, 1e-3), 0.0);
  EXPECT_NEAR(loss_of(2e-4, 1e-3) / loss_of(1e-4, 1e-3), 4.0, 1e-3) << "within the tolerance";
  EXPECT_NEAR((loss_of(0.3, 1e-3) - loss_of(0.2, 1e-3)) / (loss_of(0.2, 1e-3) - loss_of(0.1, 1e-3)), 1.0, 1e-3)
      << "beyond";
  EXPECT_NEAR(loss_of(1e-3, 1e-2), loss_of(1e-4, 1e-3), 1e-6);
}

TEST(ScaledDifference, measures_errors_in_mass_fractions_below_the_tolerance_by_these_as_far_as_they_are_resolved) {
  constexpr double tolerance = 1e-3;
  const auto signature = testing::toy_signature();
  const auto units_at = [&](double part, double resolution) {
    const Scaling scaling(signature, NullSpace(signature), 1.0, resolution);
    const ScaledDifference difference(signature, scaling);
    std::vector<double> out;
    for (const auto& output : signature.outputs) out.push_back(part * output.scale);
    std::vector<float> units(static_cast<std::size_t>(difference.n_predicted()));
    difference.units(out, tolerance, units.data());
    return units;
  };
  const auto expect_all = [](const std::vector<float>& units, double expected) {
    for (const float unit : units) EXPECT_NEAR(unit, expected, 1e-6 * expected);
  };
  expect_all(units_at(0.5, 1e-5), tolerance);
  expect_all(units_at(2e-4, 1e-5), 2e-4);
  expect_all(units_at(1e-9, 1e-4), 1e-5);
  expect_all(units_at(1e-9, 4e-3), tolerance);
  expect_all(units_at(1e-9, 0.0), tolerance);
}

TEST(ScaledDifference, is_not_finite_where_an_increment_is_not) {
  const auto signature = testing::toy_signature();
  const Scaling scaling(signature, NullSpace(signature), 0.1, 1e-3);
  const ScaledDifference difference(signature, scaling);
  const auto u = torch::zeros({4, scaling.n_targets()});
  auto other = u.clone();
  other[1][0] = std::numeric_limits<float>::quiet_NaN();
  other[2][1] = std::numeric_limits<float>::infinity();
  other[3][2] = 1.0F;
  const auto said = difference(u, other);
  EXPECT_EQ(said[0].item<float>(), 0.0F);
  EXPECT_FALSE(std::isfinite(said[1].item<float>()));
  EXPECT_FALSE(std::isfinite(said[2].item<float>()));
  EXPECT_TRUE(std::isfinite(said[3].item<float>()));
}

}  // namespace
}  // namespace bimetal::surrogate
