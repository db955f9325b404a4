#include "flow/initial.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.hpp"
#include "fields.hpp"
#include "test_gas.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::box;
using bimetal::testing::wet_hydrogen;
using bimetal::testing::world;
using Row = std::array<double, 5>;  // T, H2, O2, H2O, N2

Row at(const InitialCondition& condition, const Position& x) {
  Row row{};
  condition(x, row);
  return row;
}

TEST(InitialCondition, uniform_gas_is_the_asked_mixture_everywhere) {
  const grid::StructuredGrid grid(box({8, 8}), 5, world());
  InitialOptions options;
  options.equivalence_ratio = 1.0;
  options.temperature = 900.0;
  const auto gas = uniform(options, wet_hydrogen(), grid);
  const Row row = at(gas, {0.001, 0.002, 0.0});
  EXPECT_EQ(row[0], 900.0);
  // H2 + 0.5 (O2 + 3.76 N2) by mass.
  const double mass = 2.016 + 0.5 * (31.998 + 3.76 * 28.014);
  EXPECT_NEAR(row[1], 2.016 / mass, 1e-12);
  EXPECT_NEAR(row[2], 0.5 * 31.998 / mass, 1e-12);
  EXPECT_EQ(row, at(gas, {0.009, 0.007, 0.0}));
}

TEST(InitialCondition, stratification_waves_around_the_mean_and_meets_itself_at_the_ends) {
  const grid::StructuredGrid grid(box({8}), 5, world());
  InitialOptions options;
  options.equivalence_ratio = 0.8;
  options.stratification = 0.3;
  options.waves = 2;
  const auto gas = uniform(options, wet_hydrogen(), grid);
  const auto phi = [&](double x) {
    const Row row = at(gas, {x, 0.0, 0.0});
    return row[1] / 2.016 / (row[2] / 31.998) / 2.0;
  };
  EXPECT_NEAR(phi(0.0), 1.1, 1e-12);
  EXPECT_NEAR(phi(0.0025), 0.5, 1e-12);
  EXPECT_NEAR(phi(0.01), 1.1, 1e-12);
}

TEST(InitialCondition, kernel_is_hot_inside_cold_outside_and_of_the_same_gas) {
  const grid::StructuredGrid grid(box({8, 8, 8}), 5, world());
  InitialOptions options;
  options.kernel_temperature = 1500.0;
  options.kernel_radius = 2e-3;
  options.kernel_thickness = 2e-4;
  const auto kernel = ignition_kernel(options, wet_hydrogen(), grid);
  EXPECT_NEAR(at(kernel, {0.005, 0.005, 0.005})[0], 1500.0, 1e-4);
  EXPECT_NEAR(at(kernel, {0.007, 0.005, 0.005})[0], 900.0, 1e-9);
  EXPECT_NEAR(at(kernel, {0.0, 0.0, 0.0})[0], 300.0, 1e-9);
  EXPECT_EQ(at(kernel, {0.0, 0.0, 0.0})[1], at(kernel, {0.005, 0.005, 0.005})[1]);
}

TEST(InitialCondition, kernel_reaches_across_periodic_ends_but_not_through_walls) {
  InitialOptions options;
  options.kernel_centre = {0.0005};
  options.kernel_radius = 1e-3;
  const grid::StructuredGrid ring(box({16}), 5, world()), pipe(box({16}, grid::Boundary::wall), 5, world());
  EXPECT_NEAR(at(ignition_kernel(options, wet_hydrogen(), ring), {0.0099, 0.0, 0.0})[0],
              300.0 + 600.0 * (1.0 + std::tanh(2.0)), 1e-9);
  EXPECT_NEAR(at(ignition_kernel(options, wet_hydrogen(), pipe), {0.0099, 0.0, 0.0})[0], 300.0, 1e-6);
}

TEST(InitialCondition, refuses_options_that_make_no_sense) {
  const grid::StructuredGrid grid(box({16}), 5, world());
  const auto refused = [&](auto change) {
    InitialOptions options;
    change(options);
    EXPECT_THROW(ignition_kernel(options, wet_hydrogen(), grid), core::UserError);
  };
  refused([](auto& o) { o.fuel = "CH5"; });
  refused([](auto& o) { o.equivalence_ratio = -0.1; });
  refused([](auto& o) { o.stratification = 0.8; });
  refused([](auto& o) { o.temperature = 0.0; });
  refused([](auto& o) { o.kernel_centre = {0.0, 0.0}; });
  refused([](auto& o) { o.kernel_centre = {0.02}; });
  refused([](auto& o) { o.kernel_thickness = 0.0; });
}

}  // namespace
}  // namespace bimetal::flow
