#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "fields.hpp"
#include "flow/inflow.hpp"
#include "flow/projected_velocity.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::gather;
using bimetal::testing::observed_order;
using bimetal::testing::world;
using grid::Boundary;
using grid::Ends;
using Cells = std::vector<std::int64_t>;

constexpr double density = 1.3, viscosity = 0.9, mean_velocity = 0.8;

/// Plane Poiseuille flow: gas that enters with a parabolic profile, between walls 1 m apart, on its way out. It
/// starts from another flow.
struct Channel {
  grid::StructuredGrid grid;
  ProjectedVelocity flow;
  std::size_t along, across;

  /// The flow goes from `inflow_end` (0 lower, 1 upper) of axis `along_axis` to the other end.
  Channel(const Cells& cells, int along_axis, int inflow_end, const parallel::Communicator& comm = world())
      : grid(options(cells, along_axis, inflow_end), 1, comm),
        flow(grid, profiles(grid, along_axis, inflow_end)),
        along(static_cast<std::size_t>(along_axis)),
        across(1 - along) {}

  /// Returns the largest number of iterations of the pressure solver.
  int advance(double dt, int n_steps) {
    const auto n = static_cast<std::size_t>(grid.extents().n_owned());
    const std::vector<double> rho(n, density), mu(n, viscosity), none(n, 0.0);
    flow.initialise([](const Position& x) { return std::array{0.1 * x[1], 0.1 * std::sin(9.0 * x[0]), 0.0}; }, none);
    int iterations = 0;
    for (int step = 0; step < n_steps; ++step)
      iterations = std::max(iterations, flow.advance(dt, rho, mu, none).iterations);
    return iterations;
  }

  std::vector<double> velocity() const { return gather(grid, at_centres(flow.faces(), grid.extents()).rows()); }
  std::vector<double> pressure() const { return gather(grid, flow.pressure().rows()); }

 private:
  static grid::GridOptions options(const Cells& cells, int along_axis, int inflow_end) {
    auto result = bimetal::testing::box(cells, Boundary::wall, 1.0);
    result.boundary[static_cast<std::size_t>(along_axis)] =
        inflow_end == 0 ? Ends{Boundary::inflow, Boundary::outflow} : Ends{Boundary::outflow, Boundary::inflow};
    return result;
  }
  static ByEnd<InflowProfile> profiles(const grid::StructuredGrid& grid, int along_axis, int inflow_end) {
    ByEnd<InflowProfile> all;
    all[static_cast<std::size_t>(along_axis)][static_cast<std::size_t>(inflow_end)] =
        inflow_profile({.velocity = mean_velocity, .profile = Profile::parabolic}, grid, along_axis, inflow_end);
    return all;
  }
};

/// Of the velocity root mean square, over the mean velocity; of the pressure gradient the largest, over 12 mu U /
/// H^2.
struct Errors {
  double velocity = 0.0, gradient = 0.0;
};

/// In the third quarter of a channel along x, away from the ends.
Errors errors_of(const Channel& channel) {
  const auto& e = channel.grid.extents();
  const auto u = channel.velocity(), p = channel.pressure();
  const auto n = static_cast<std::size_t>(e.cells[0]);
  Errors errors;
  for (std::size_t j = 0; j < n; ++j) {
    const double y = e.centre(1, static_cast<std::int64_t>(j));
    for (std::size_t i = n / 2; i < 3 * n / 4; ++i) {
      const std::size_t cell = i + n * j;
      const double exact = 6.0 * mean_velocity * y * (1.0 - y), gradient = (p[cell + 1] - p[cell]) / e.spacing(0);
      errors.velocity += std::pow(u[2 * cell] - exact, 2) + std::pow(u[2 * cell + 1], 2);
      errors.gradient = std::max(errors.gradient, std::abs(gradient / (-12.0 * viscosity * mean_velocity) - 1.0));
    }
  }
  errors.velocity = std::sqrt(errors.velocity / static_cast<double>(n * n / 4)) / mean_velocity;
  return errors;
}

TEST(ChannelFlow, becomes_poiseuilles_with_second_order) {
  if (world().is_root())
    std::printf("%6s %15s %6s %15s %6s %11s\n", "cells", "velocity error", "order", "gradient error", "order",
                "iterations");
  Errors before{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  for (const std::int64_t n : {16, 32, 64}) {
    Channel channel({n, n}, 0, 0);
    const int iterations = channel.advance(0.25 / static_cast<double>(n), static_cast<int>(3 * n));
    const Errors errors = errors_of(channel);
    const double order = observed_order(before.velocity, errors.velocity);
    const double gradient_order = observed_order(before.gradient, errors.gradient);
    if (world().is_root())
      std::printf("%4d^2 %15.3e %6.2f %15.3e %6.2f %11d\n", static_cast<int>(n), errors.velocity, order,
                  errors.gradient, gradient_order, iterations);
    EXPECT_GT(order, 1.9);
    EXPECT_GT(gradient_order, 1.9);
    EXPECT_LE(iterations, 12);
    before = errors;
  }
}

TEST(ChannelFlow, holds_at_the_walls_and_lets_out_what_it_lets_in) {
  Channel channel({16, 12}, 0, 0);
  channel.advance(0.01, 50);
  const auto& e = channel.grid.extents();
  const auto& faces = channel.flow.faces();
  double in = 0.0, out = 0.0, through_walls = 0.0;
  for (std::int64_t j = 0; j < e.owned[1]; ++j) {
    const auto face = [&](std::int64_t i) {
      return faces.normal[0][static_cast<std::size_t>(i + (e.owned[0] + 1) * j)];
    };
    if (channel.grid.at_end(0, 0)) in += face(0) * e.spacing(1);
    if (channel.grid.at_end(0, 1)) out += face(e.owned[0]) * e.spacing(1);
  }
  for (std::int64_t i = 0; i < e.owned[0]; ++i) {
    if (channel.grid.at_end(1, 0)) through_walls += std::abs(faces.normal[1][static_cast<std::size_t>(i)]);
    if (channel.grid.at_end(1, 1))
      through_walls += std::abs(faces.normal[1][static_cast<std::size_t>(i + e.owned[0] * e.owned[1])]);
  }
  EXPECT_NEAR(world().sum(in), mean_velocity * (1.0 + 0.5 / (12.0 * 12.0)), 1e-12);  // by the midpoint rule
  EXPECT_NEAR(world().sum(out), world().sum(in), 1e-7);
  EXPECT_EQ(world().sum(through_walls), 0.0);
}

TEST(ChannelFlow, flows_alike_along_every_axis_and_both_ways) {
  Channel right({10, 8}, 0, 0), left({10, 8}, 0, 1), up({8, 10}, 1, 0), down({8, 10}, 1, 1);
  const auto start = [](const Channel& channel, bool turned) {
    // The same start as seen along the flow.
    return [&channel, turned](const Position& x) {
      const double s = turned ? 1.0 - x[channel.along] : x[channel.along];
      std::array<double, 3> u{};
      u[channel.along] = (turned ? -1.0 : 1.0) * 0.1 * x[channel.across];
      u[channel.across] = 0.1 * std::sin(9.0 * s);
      return u;
    };
  };
  std::vector<std::vector<double>> seen;
  for (const auto& [channel, turned] : {std::pair{&right, false}, {&left, true}, {&up, false}, {&down, true}}) {
    const auto n = static_cast<std::size_t>(channel->grid.extents().n_owned());
    const std::vector<double> rho(n, density), mu(n, 0.05), none(n, 0.0);
    channel->flow.initialise(start(*channel, turned), none);
    for (int step = 0; step < 20; ++step) channel->flow.advance(0.01, rho, mu, none);
    const auto u = channel->velocity();
    auto& mine = seen.emplace_back();
    for (std::int64_t across = 0; across < 8; ++across)
      for (std::int64_t s = 0; s < 10; ++s) {
        const std::int64_t along = turned ? 9 - s : s;
        const std::int64_t cell = channel->along == 0 ? along + 10 * across : across + 8 * along;
        mine.push_back((turned ? -1.0 : 1.0) * u[static_cast<std::size_t>(2 * cell) + channel->along]);
        mine.push_back(u[static_cast<std::size_t>(2 * cell) + channel->across]);
      }
  }
  for (std::size_t way = 1; way < seen.size(); ++way)
    for (std::size_t i = 0; i < seen[0].size(); ++i) EXPECT_NEAR(seen[way][i], seen[0][i], 1e-7) << way;
}

/// On four ranks each has two cells along the channel, and the second still sees the inflow.
TEST(ChannelFlow, is_the_same_on_any_number_of_ranks) {
  for (const int inflow_end : {0, 1})
    for (const auto& cells : {Cells{8, 3}, {9, 10}}) {
      Channel together(cells, 0, inflow_end), alone(cells, 0, inflow_end, parallel::Communicator());
      together.advance(0.02, 10);
      alone.advance(0.02, 10);
      const auto a = together.velocity(), b = alone.velocity();
      for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-7) << i;
    }
}

}  // namespace
}  // namespace bimetal::flow
