#include "flow/velocity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "fields.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::box;
using bimetal::testing::world;

/// Largest net volume flow out of a cell, as a divergence [1/s], on this rank.
double largest_divergence(const grid::Extents& e, const FaceVelocities& velocities) {
  double largest = 0.0;
  for (std::int64_t k = 0; k < e.owned[2]; ++k)
    for (std::int64_t j = 0; j < e.owned[1]; ++j)
      for (std::int64_t i = 0; i < e.owned[0]; ++i) {
        double divergence = 0.0;
        for (std::size_t axis = 0; axis < static_cast<std::size_t>(e.dimensions); ++axis) {
          auto n = e.owned;
          ++n[axis];
          std::array<std::int64_t, 3> at{i, j, k};
          const auto u = [&] {
            return velocities.normal[axis][static_cast<std::size_t>(at[0] + n[0] * (at[1] + n[1] * at[2]))];
          };
          const double low = u();
          ++at[axis];
          divergence += (u() - low) / e.spacing(static_cast<int>(axis));
        }
        largest = std::max(largest, std::abs(divergence));
      }
  return largest;
}

TEST(PrescribedVelocity, vortex_has_no_divergence_on_the_grid) {
  for (const auto& cells : {std::vector<std::int64_t>{12, 20}, {10, 8, 9}}) {
    const grid::StructuredGrid grid(box(cells), 1, world());
    const PrescribedVelocity velocity({PrescribedKind::vortex, 3.0}, grid);
    const double turnover = 3.0 / grid.extents().spacing(0);
    EXPECT_LT(largest_divergence(grid.extents(), velocity.faces()), 1e-13 * turnover);
  }
}

TEST(PrescribedVelocity, vortex_is_the_taylor_green_vortex_to_second_order) {
  std::vector<double> errors;
  for (const std::int64_t n : {16, 32}) {
    const grid::StructuredGrid grid(box({n, n, n}), 1, world());
    const auto& e = grid.extents();
    const PrescribedVelocity velocity({PrescribedKind::vortex, 2.0}, grid);
    double error = 0.0;
    std::size_t face = 0;
    const double turn = 2.0 * std::numbers::pi / static_cast<double>(n);
    for (std::int64_t k = 0; k < e.owned[2]; ++k)
      for (std::int64_t j = 0; j < e.owned[1]; ++j)
        for (std::int64_t i = 0; i <= e.owned[0]; ++i, ++face) {
          const double x = turn * static_cast<double>(e.first[0] + i);
          const double y = turn * (static_cast<double>(e.first[1] + j) + 0.5);
          const double z = turn * (static_cast<double>(e.first[2] + k) + 0.5);
          const double exact = 2.0 * std::sin(x) * std::cos(y) * std::cos(z);
          error = std::max(error, std::abs(velocity.faces().normal[0][face] - exact));
        }
    errors.push_back(world().max(error));
  }
  EXPECT_GT(bimetal::testing::observed_order(errors[0], errors[1]), 1.9);
}

TEST(PrescribedVelocity, uniform_flow_has_the_amplitude_along_its_direction) {
  const grid::StructuredGrid grid(box({8, 8}), 1, world());
  const PrescribedVelocity velocity({PrescribedKind::uniform, 10.0, {3.0, -4.0, 7.0}}, grid);
  EXPECT_TRUE(std::ranges::all_of(velocity.faces().normal[0], [](double u) { return std::abs(u - 6.0) < 1e-14; }));
  EXPECT_TRUE(std::ranges::all_of(velocity.faces().normal[1], [](double u) { return std::abs(u + 8.0) < 1e-14; }));
  EXPECT_TRUE(velocity.faces().normal[2].empty());
  EXPECT_EQ(velocity.faces().normal[0].size(),
            static_cast<std::size_t>((grid.extents().owned[0] + 1) * grid.extents().owned[1]));
}

TEST(PrescribedVelocity, refuses_what_the_grid_cannot_have) {
  const grid::StructuredGrid walls(box({16}, grid::Boundary::wall), 1, world());
  const grid::StructuredGrid line(box({16}), 1, world());
  EXPECT_THROW(PrescribedVelocity({PrescribedKind::uniform, 1.0}, walls), core::UserError);
  EXPECT_THROW(PrescribedVelocity({PrescribedKind::uniform, 1.0, {0.0, 1.0, 0.0}}, line), core::UserError);
  EXPECT_THROW(PrescribedVelocity({PrescribedKind::vortex, 1.0}, line), core::UserError);
  EXPECT_NO_THROW(PrescribedVelocity({PrescribedKind::rest}, walls));
  const grid::Ends pipe{grid::Boundary::inflow, grid::Boundary::outflow};
  auto channel = box({16, 8}, pipe);
  channel.boundary[1] = grid::Boundary::slip_wall;
  const grid::StructuredGrid open(channel, 1, world());
  EXPECT_NO_THROW(PrescribedVelocity({PrescribedKind::uniform, 1.0}, open));
  EXPECT_THROW(PrescribedVelocity({PrescribedKind::uniform, 1.0, {1.0, 0.1, 0.0}}, open), core::UserError);
}

TEST(VelocityCondition, is_what_the_prescribed_velocity_approaches) {
  const std::vector<PrescribedOptions> table{{PrescribedKind::rest},
                                             {PrescribedKind::uniform, 3.0, {1.0, -2.0, 2.0}},
                                             {PrescribedKind::vortex, 2.0},
                                             {.kind = PrescribedKind::vortex, .amplitude = 2.0, .waves = 3}};
  for (const auto& options : table)
    for (const auto& cells : {std::vector<std::int64_t>{48, 64}, {48, 40, 32}}) {
      auto shape = box(cells);
      shape.upper[1] = 0.02;
      const grid::StructuredGrid grid(shape, 1, world());
      const auto& e = grid.extents();
      const PrescribedVelocity velocity(options, grid);
      const auto condition = velocity_condition(options, grid);
      const auto centres = at_centres(velocity.faces(), e);
      ASSERT_EQ(centres.size(), e.n_owned());
      std::int64_t row = 0;
      for (std::int64_t k = e.first[2]; k < e.first[2] + e.owned[2]; ++k)
        for (std::int64_t j = e.first[1]; j < e.first[1] + e.owned[1]; ++j)
          for (std::int64_t i = e.first[0]; i < e.first[0] + e.owned[0]; ++i, ++row) {
            const auto exact = condition({e.centre(0, i), e.centre(1, j), e.centre(2, k)});
            for (std::size_t axis = 0; axis < cells.size(); ++axis)
              EXPECT_NEAR(centres[row][axis], exact[axis], 0.02 * options.amplitude * options.waves * options.waves);
          }
    }
}

TEST(VelocityCondition, refuses_a_uniform_flow_of_no_direction_and_a_vortex_in_1_d_but_no_walls) {
  const grid::StructuredGrid line(box({16}, grid::Boundary::wall), 1, world());
  EXPECT_NO_THROW(velocity_condition({PrescribedKind::uniform, 1.0}, line));
  EXPECT_THROW(velocity_condition({PrescribedKind::uniform, 1.0, {0.0, 1.0, 0.0}}, line), core::UserError);
  EXPECT_THROW(velocity_condition({PrescribedKind::vortex, 1.0}, line), core::UserError);
}

TEST(VelocityCondition, has_as_many_waves_along_every_axis_as_it_is_asked_for) {
  const grid::StructuredGrid grid(box({32, 24}), 1, world());
  const auto& e = grid.extents();
  const auto length = [&](std::size_t axis) { return e.upper[axis] - e.lower[axis]; };
  const auto one = velocity_condition({PrescribedKind::vortex, 2.0}, grid);
  const auto three = velocity_condition({.kind = PrescribedKind::vortex, .amplitude = 2.0, .waves = 3}, grid);
  const Position x{e.lower[0] + 0.3 * length(0), e.lower[1] + 0.12 * length(1), 0.0};
  const Position a_third{e.lower[0] + 0.1 * length(0), e.lower[1] + 0.04 * length(1), 0.0};
  for (std::size_t axis = 0; axis < 2; ++axis) EXPECT_NEAR(three(a_third)[axis], one(x)[axis], 1e-12);
}

TEST(VelocityCondition, refuses_more_waves_than_the_cells_can_hold) {
  const grid::StructuredGrid grid(box({64, 16}), 1, world());
  const auto with = [](int waves) {
    return PrescribedOptions{.kind = PrescribedKind::vortex, .amplitude = 1.0, .waves = waves};
  };
  EXPECT_NO_THROW(velocity_condition(with(4), grid));
  EXPECT_THROW(velocity_condition(with(5), grid), core::UserError);
  EXPECT_THROW(PrescribedVelocity(with(5), grid), core::UserError);
}

TEST(CourantRate, adds_up_the_axes_fastest_faces_of_all_ranks) {
  const grid::StructuredGrid grid(box({8, 16}), 1, world());
  FaceVelocities faces = PrescribedVelocity({PrescribedKind::rest}, grid).faces();
  if (world().is_root()) faces.normal[0].front() = -3.0;
  if (world().rank() == world().size() - 1) faces.normal[1].back() = 0.5;
  EXPECT_NEAR(courant_rate_of(faces, grid), 3.0 / 0.00125 + 0.5 / 0.000625, 1e-9);
}

}  // namespace
}  // namespace bimetal::flow
