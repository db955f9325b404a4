#include "flow/low_mach_flow.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <numbers>

#include "../support/deliberate_leaks.hpp"
#include "catalysis.hpp"
#include "chemistry/thermodynamics.hpp"
#include "core/error.hpp"
#include "fields.hpp"
#include "test_gas.hpp"

namespace bimetal::flow {
namespace {

using grid::Boundary;
using testing::box;
using testing::Catalysis;
using testing::catalyst_gas;
using testing::gather;
using testing::observed_order;
using testing::world;
using Cells = std::vector<std::int64_t>;

constexpr double pressure = 101325.0, length = 0.01;

/// Smooth, and periodic in the box.
void warm_waves(const Position& x, std::span<double> row) {
  double wave = 1.0;
  for (const double along : x) wave *= std::cos(2.0 * std::numbers::pi * along / length);
  row[0] = 800.0 + 200.0 * wave;
  row[1] = 0.10 + 0.05 * std::sin(2.0 * std::numbers::pi * x[0] / length);
  row[2] = 0.0;
  row[3] = 1.0 - row[1];
}

struct March {
  grid::StructuredGrid grid;
  Catalysis chemistry;
  LowMachFlow flow;
  StepReport last;

  March(const grid::GridOptions& options, double rate, double vortex, const parallel::Communicator& comm = world())
      : grid(options, 4, comm),
        chemistry(rate),
        flow(grid, catalyst_gas(),
             {.pressure = pressure,
              .transport = TransportModel::constant_lewis,
              .velocity = velocity_condition(
                  {.kind = vortex > 0.0 ? PrescribedKind::vortex : PrescribedKind::rest, .amplitude = vortex}, grid),
              .inflow_profile = {},
              .inflow_gas = {}},
             chemistry) {
    flow.initialise(warm_waves);
  }
  void advance(int n_steps, double dt) {
    for (int step = 0; step < n_steps; ++step) last = flow.advance(dt, step);
  }
  /// The whole fields T, Y and u, on every rank.
  std::vector<double> state() {
    const auto view = flow.state();
    return gather(grid, view.rows());
  }
  std::vector<double> velocity() { return gather(grid, std::as_const(*this).flow.velocity().rows()); }
};

/// Largest difference of one component of two fields with rows of `width`, over the largest value of it.
double difference(const std::vector<double>& a, const std::vector<double>& b, std::size_t component,
                  std::size_t width) {
  double largest = 0.0, scale = 0.0;
  for (std::size_t i = component; i < a.size(); i += width) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
    scale = std::max(scale, std::abs(b[i]));
  }
  return largest / scale;
}

/// Sums of 2^n neighbouring cells of a 2-D field on n^2 cells over 4: the field on (n/2)^2.
std::vector<double> coarsen(const std::vector<double>& fine, std::size_t n, std::size_t width) {
  std::vector<double> coarse(fine.size() / 4);
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t c = 0; c < width; ++c)
        coarse[((j / 2) * (n / 2) + i / 2) * width + c] += 0.25 * fine[(j * n + i) * width + c];
  return coarse;
}

struct Line {
  const char* what;
  std::size_t component;
  bool of_velocity;
};
constexpr Line lines[] = {{"T", 0, false}, {"Y_A", 1, false}, {"Y_C", 3, false}, {"u", 0, true}};

TEST(LowMachFlow, splits_with_second_order_in_time) {
  constexpr double end = 4e-4;
  for (const auto& boundary : {grid::Ends(Boundary::periodic), grid::Ends(Boundary::outflow)}) {
    const auto run = [&](int n_steps) {
      March march(box({16, 12}, boundary), 4000.0, 2.0);
      march.advance(n_steps, end / n_steps);
      return std::pair(march.state(), march.velocity());
    };
    const auto exact = run(1024), coarse = run(64), fine = run(128);
    if (world().is_root()) std::printf("%-9s %12s %12s %6s\n", "", "64 steps", "128 steps", "order");
    for (const auto& line : lines) {
      const auto error = [&](const auto& result) {
        return line.of_velocity ? difference(result.second, exact.second, line.component, 2)
                                : difference(result.first, exact.first, line.component, 4);
      };
      const double order = observed_order(error(coarse), error(fine));
      if (world().is_root()) std::printf("%-9s %12.3e %12.3e %6.2f\n", line.what, error(coarse), error(fine), order);
      EXPECT_GT(order, 1.9) << line.what;
    }
  }
}

TEST(LowMachFlow, converges_with_second_order_in_space_and_time_together) {
  constexpr double end = 2e-4;
  const auto run = [&](std::int64_t n) {
    March march(box({n, n}), 4000.0, 2.0);
    march.advance(static_cast<int>(n / 2), end / static_cast<double>(n / 2));
    return std::pair(march.state(), march.velocity());
  };
  const auto coarse = run(16), middle = run(32), fine = run(64), finest = run(128);
  if (world().is_root())
    std::printf("%-9s %12s %12s %12s %6s\n", "", "16^2-32^2", "32^2-64^2", "64^2-128^2", "order");
  for (const auto& line : lines) {
    const std::size_t width = line.of_velocity ? 2 : 4;
    const auto of = [&](const auto& result) { return line.of_velocity ? result.second : result.first; };
    const auto distance = [&](const auto& a, const auto& b, std::size_t n) {
      const auto x = of(a), y = coarsen(of(b), n, width);
      double sum = 0.0;
      for (std::size_t i = line.component; i < x.size(); i += width) sum += (x[i] - y[i]) * (x[i] - y[i]);
      return std::sqrt(sum / static_cast<double>(x.size() / width));
    };
    const double d1 = distance(coarse, middle, 32), d2 = distance(middle, fine, 64), d3 = distance(fine, finest, 128);
    if (world().is_root())
      std::printf("%-9s %12.3e %12.3e %12.3e %6.2f\n", line.what, d1, d2, d3, observed_order(d2, d3));
    EXPECT_GT(observed_order(d2, d3), 1.9) << line.what;
  }
}

/// What a closed box holds: the masses of the species [kg/m], the enthalpy less V p [J/m], all over the cross
/// section.
std::vector<double> holdings(March& run) {
  const chemistry::Thermodynamics thermodynamics(catalyst_gas());
  const auto view = run.flow.state();
  const auto density = run.flow.density();
  const double cell = length * length / static_cast<double>(run.grid.extents().n_cells());
  std::vector<double> sums(4, 0.0);
  for (std::int64_t i = 0; i < view.rows().size(); ++i) {
    const auto row = view.rows()[i];
    const double mass = cell * density[static_cast<std::size_t>(i)];
    for (std::size_t k = 0; k < 3; ++k) sums[k] += mass * row[1 + k];
    sums[3] += mass * thermodynamics.enthalpy(row[0], row.subspan(1));
  }
  world().sum_in_place(std::span<double>(sums));
  sums[3] -= length * length * run.flow.pressure();
  return sums;
}

TEST(LowMachFlow, conserves_the_mass_of_every_species_in_a_closed_box_and_enthalpy_to_second_order) {
  constexpr double end = 2e-4;
  std::vector<double> drifts;
  for (const std::int64_t n : {16, 32, 64}) {
    March run(box({n, n}), 0.0, 5.0);
    const auto before = holdings(run);
    run.advance(static_cast<int>(n), end / static_cast<double>(n));
    const auto after = holdings(run);
    for (const std::size_t k : {0, 2}) EXPECT_NEAR(after[k], before[k], 1e-12 * before[k]) << k;
    EXPECT_NEAR(after[0] + after[1] + after[2], before[0] + before[1] + before[2], 1e-12 * before[2]);
    drifts.push_back(std::abs(after[3] - before[3]) / (3.5 * pressure * length * length));
    if (world().is_root())
      std::printf("%4ld^2  enthalpy drift %.3e  order %.2f\n", static_cast<long>(n), drifts.back(),
                  drifts.size() > 1 ? observed_order(drifts[drifts.size() - 2], drifts.back()) : 0.0);
  }
  EXPECT_GT(observed_order(drifts[1], drifts[2]), 1.9);
}

TEST(LowMachFlow, keeps_the_gas_ideal_and_its_divergence_to_the_tolerance_of_the_solver) {
  for (const auto& boundary : {grid::Ends(Boundary::periodic), grid::Ends(Boundary::outflow)}) {
    March run(box({32, 32}, boundary), 4000.0, 5.0);
    run.advance(40, 2e-6);
    EXPECT_LT(run.flow.largest_lack(), 1e-4);
    EXPECT_LT(run.last.divergence_residual, 1e-7 * run.flow.courant_rate());
    EXPECT_LE(run.last.pressure_iterations, 12);
  }
}

TEST(LowMachFlow, gives_the_same_state_on_any_number_of_ranks) {
  for (const auto& boundary : {grid::Ends(Boundary::periodic), grid::Ends(Boundary::wall, Boundary::outflow),
                               grid::Ends(Boundary::slip_wall)})
    for (const auto& cells : {Cells{16}, {12, 9}, {6, 5, 8}}) {
      const double vortex = cells.size() == 1 ? 0.0 : 5.0;
      March together(box(cells, boundary), 4000.0, vortex), alone(box(cells, boundary), 4000.0, vortex, {});
      together.advance(5, 1e-5);
      alone.advance(5, 1e-5);
      const auto a = together.state(), b = alone.state(), u = together.velocity(), v = alone.velocity();
      EXPECT_LT(difference(a, b, 0, 4), 1e-9);
      for (const std::size_t component : {1, 2, 3}) EXPECT_LT(difference(a, b, component, 4), 1e-9);
      for (std::size_t axis = 0; axis < cells.size(); ++axis) EXPECT_LT(difference(u, v, axis, cells.size()), 1e-6);
    }
}

/// A hot bubble, eight times as light as what surrounds it, in cells a tenth as wide as its edge.
void bubble(const Position& x, std::span<double> row) {
  const double r = std::hypot(x[0] - 0.4 * length, x[1] - 0.5 * length);
  row[0] = 300.0 + 2100.0 * 0.5 * (1.0 - std::tanh((r - 0.2 * length) / (0.03 * length)));
  row[1] = 0.2;
  row[2] = 0.0;
  row[3] = 0.8;
}

TEST(LowMachFlow, is_stable_at_a_density_ratio_of_eight_and_keeps_temperatures_within_bounds) {
  for (const auto& boundary : {grid::Ends(Boundary::periodic), grid::Ends(Boundary::outflow)}) {
    const auto speed_after = [&](int n_steps) {
      March run(box({64, 64}, boundary), 0.0, 10.0);
      run.flow.initialise(bubble);
      run.advance(n_steps, 5e-4 / n_steps);
      const auto field = run.state();
      double hottest = 0.0, coldest = 1e4, fastest = 0.0;
      for (std::size_t i = 0; i < field.size(); i += 4) {
        hottest = std::max(hottest, field[i]);
        coldest = std::min(coldest, field[i]);
        EXPECT_NEAR(field[i + 1], 0.2, 1e-12);
      }
      for (const double u : run.velocity()) fastest = std::max(fastest, std::abs(u));
      // Closed, the box is compressed by less than a thousandth while the bubble loses heat to it.
      EXPECT_LE(hottest, 2400.0);
      EXPECT_GE(coldest, 300.0 * (1.0 - 1e-3));
      EXPECT_LT(run.flow.largest_lack(), 5e-3);
      return fastest;
    };
    // What is unstable does not converge.
    const double fastest = speed_after(200);
    EXPECT_NEAR(speed_after(400), fastest, 0.01 * fastest);
  }
}

TEST(LowMachFlow, says_which_step_is_stable_when_one_is_not) {
  const bimetal::testing::DeliberateLeaks leaks;
  March run(box({32, 32}), 0.0, 10.0);
  try {
    run.advance(1, 1e-4);
    FAIL() << "no error";
  } catch (const core::RuntimeFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("time.step"), std::string::npos) << failure.what();
  }
}

}  // namespace
}  // namespace bimetal::flow
