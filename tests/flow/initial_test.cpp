#include "flow/initial.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "chemistry/mechanism_reader.hpp"
#include "chemistry/mixture.hpp"
#include "chemistry/thermodynamics.hpp"
#include "core/error.hpp"
#include "fields.hpp"
#include "subproblem/burnt_gas.hpp"
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

/// Of wet_hydrogen.
double equivalence_ratio(const Row& row) { return row[1] / 2.016 / (row[2] / 31.998) / 2.0; }

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
  const auto phi = [&](double x) { return equivalence_ratio(at(gas, {x, 0.0, 0.0})); };
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

TEST(SecondGas, lies_beyond_its_plane_and_the_first_before_it) {
  const grid::StructuredGrid grid(box({16, 16}, grid::Boundary::wall), 5, world());
  InitialOptions options;
  options.equivalence_ratio = 1.0;
  auto& second = options.second_gas;
  second.region = Region::beyond;
  second.equivalence_ratio = 0.6;
  second.temperature = 400.0;
  second.position = 0.004;
  second.thickness = 2e-4;
  const auto gas = uniform(options, wet_hydrogen(), grid);
  const auto expect = [&](double x, double phi, double T) {
    for (double y : {0.0, 0.003, 0.01}) {
      const Row row = at(gas, {x, y, 0.0});
      EXPECT_NEAR(equivalence_ratio(row), phi, 1e-10) << x;
      EXPECT_NEAR(row[0], T, 1e-8) << x;
    }
  };
  const double share = 0.5 * (1.0 + std::tanh(0.5));
  expect(0.0, 1.0, 300.0);
  expect(0.0039, 1.0 - 0.4 * (1.0 - share), 300.0 + 100.0 * (1.0 - share));
  expect(0.004, 0.8, 350.0);
  expect(0.0041, 1.0 - 0.4 * share, 300.0 + 100.0 * share);
  expect(0.01, 0.6, 400.0);
}

TEST(SecondGas, fills_a_ball_beside_a_kernel_that_keeps_its_own_temperature) {
  const grid::StructuredGrid grid(box({16, 16}, grid::Boundary::wall), 5, world());
  InitialOptions options;
  options.kernel_centre = {0.002, 0.002};
  const Row centre_alone = at(ignition_kernel(options, wet_hydrogen(), grid), {0.002, 0.002, 0.0});
  auto& second = options.second_gas;
  second.region = Region::ball;
  second.equivalence_ratio = 2.5;
  second.temperature = 1020.0;
  second.centre = {0.008, 0.007};
  second.radius = 1e-3;
  second.thickness = 1e-4;
  const auto both = ignition_kernel(options, wet_hydrogen(), grid);
  const auto expect = [&](const Position& x, double phi, double T) {
    EXPECT_NEAR(equivalence_ratio(at(both, x)), phi, 1e-6);
    EXPECT_NEAR(at(both, x)[0], T, 1e-4);
  };
  expect({0.008, 0.007, 0.0}, 2.5, 1020.0);
  expect({0.008, 0.008, 0.0}, 0.5 * (2.5 + 0.7), 0.5 * (1020.0 + 300.0));
  expect({0.005, 0.0045, 0.0}, 0.7, 300.0);
  EXPECT_EQ(at(both, {0.002, 0.002, 0.0}), centre_alone);
}

TEST(SecondGas, replaces_the_waves_of_the_first) {
  const grid::StructuredGrid grid(box({16}, grid::Boundary::wall), 5, world());
  InitialOptions options;
  options.stratification = 0.3;
  auto& second = options.second_gas;
  second.region = Region::beyond;
  second.equivalence_ratio = 0.5;
  second.position = 0.004;
  second.thickness = 1e-4;
  const auto gas = uniform(options, wet_hydrogen(), grid);
  EXPECT_NEAR(equivalence_ratio(at(gas, {0.0, 0.0, 0.0})), 1.0, 1e-12);
  for (double x : {0.006, 0.008, 0.01}) EXPECT_NEAR(equivalence_ratio(at(gas, {x, 0.0, 0.0})), 0.5, 1e-12);
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

const chemistry::Mechanism& hydrogen() {
  static const auto mechanism =
      chemistry::read_mechanism(std::string(BIMETAL_SOURCE_DIR) + "/inputs/mechanisms/h2_burke2012.yaml");
  return mechanism;
}

const grid::Ends open_ends{grid::Boundary::inflow, grid::Boundary::outflow};

std::vector<double> along_x(const InitialCondition& condition, double x) {
  std::vector<double> row(1 + hydrogen().n_species());
  condition({x, 0.0, 0.0}, row);
  return row;
}

void expect_sound(const std::vector<double>& row, double x) {
  EXPECT_NEAR(std::accumulate(row.begin() + 1, row.end(), 0.0), 1.0, 1e-14) << x;
  EXPECT_GE(*std::min_element(row.begin() + 1, row.end()), 0.0) << x;
}

/// Expects a UserError that is a sentence and holds `word`.
template <class Make>
void expect_refused(Make make, const std::string& word) {
  try {
    make();
    ADD_FAILURE() << "not refused, though " << word;
  } catch (const core::UserError& error) {
    EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    EXPECT_EQ(std::string(error.what()).back(), '.') << error.what();
  }
}

TEST(SecondGas, refuses_options_that_make_no_sense) {
  const grid::StructuredGrid pipe(box({64}, open_ends), 10, world()), ring(box({64}), 10, world());
  const auto refused = [&](const grid::StructuredGrid& grid, Region region, auto change, const char* word) {
    InitialOptions options;
    options.second_gas.region = region;
    change(options.second_gas);
    expect_refused([&] { uniform(options, hydrogen(), grid); }, word);
  };
  refused(
      ring, Region::beyond, [](auto&) {}, "periodic");
  refused(
      pipe, Region::beyond, [](auto& o) { o.position = 0.02; }, "0.02 m");
  refused(
      pipe, Region::beyond, [](auto& o) { o.thickness = 0.0; }, "thickness");
  refused(
      ring, Region::ball, [](auto& o) { o.centre = {0.02}; }, "second gas's centre");
  refused(
      ring, Region::ball, [](auto& o) { o.centre.resize(2); }, "2 coordinates");
  refused(
      ring, Region::ball, [](auto& o) { o.radius = -1e-3; }, "second gas's radius");
  refused(
      ring, Region::ball, [](auto& o) { o.equivalence_ratio = -0.1; }, "must not be negative");
  refused(
      ring, Region::ball, [](auto& o) { o.temperature = 0.0; }, "0 K");
}

TEST(Uniform, takes_a_blend_in_an_oxidiser_of_its_own) {
  const grid::StructuredGrid grid(box({64}), 10, world());
  InitialOptions options;
  options.fuel.parts = {{"H2", 1.0}, {"N2", 1.0}};
  options.oxidizer.parts = {{"O2", 1.0}, {"H2O", 2.0}};
  options.equivalence_ratio = 1.0;
  const auto row = along_x(uniform(options, hydrogen(), grid), 0.001);
  std::vector<double> X(hydrogen().n_species());
  chemistry::Thermodynamics(hydrogen()).mole_from_mass_fractions(std::span(row).subspan(1), X);
  for (const auto& [name, moles] :
       {std::pair("H2", 2.0), std::pair("N2", 2.0), std::pair("O2", 1.0), std::pair("H2O", 2.0)})
    EXPECT_NEAR(X[hydrogen().require_species(name)], moles / 7.0, 1e-12) << name;
}

TEST(FlameFront, goes_from_unburnt_to_adiabatically_burnt_gas) {
  const grid::StructuredGrid grid(box({64}, open_ends), 10, world());
  InitialOptions options;
  options.equivalence_ratio = 0.5;
  options.front_position = 0.004;
  const auto front = flame_front(options, hydrogen(), grid);
  const auto Y = chemistry::fuel_air_mixture(hydrogen(), "H2", 0.5);
  const auto burnt = subproblem::burnt_gas(hydrogen(), 300.0, 101325.0, Y);
  const auto low = along_x(front, 0.0), middle = along_x(front, 0.004), high = along_x(front, 0.01);
  EXPECT_NEAR(low[0], 300.0, 1e-6);
  EXPECT_NEAR(high[0], 1646.51, 0.05);
  EXPECT_NEAR(middle[0], 0.5 * (300.0 + burnt[0]), 1e-9);
  for (std::size_t k = 0; k < Y.size(); ++k) {
    EXPECT_NEAR(low[1 + k], Y[k], 1e-9);
    EXPECT_NEAR(middle[1 + k], 0.5 * (Y[k] + burnt[1 + k]), 1e-14);
    EXPECT_NEAR(high[1 + k], burnt[1 + k], 1e-9);
  }
}

TEST(FlameFront, has_the_asked_thickness_and_stays_in_bounds) {
  const grid::StructuredGrid grid(box({64}, open_ends), 10, world());
  InitialOptions options;
  options.front_thickness = 4e-4;
  const auto front = flame_front(options, hydrogen(), grid);
  constexpr double step = 1e-6;
  double steepest = 0.0, before = along_x(front, 0.0)[0];
  for (double x = step; x <= 0.01; x += step) {
    const auto row = along_x(front, x);
    expect_sound(row, x);
    EXPECT_GE(row[0], before);
    steepest = std::max(steepest, (row[0] - before) / step);
    before = row[0];
  }
  EXPECT_NEAR((before - 300.0) / steepest, 4e-4, 1e-8);
}

TEST(FlameFront, refuses_options_that_make_no_sense) {
  const grid::StructuredGrid pipe(box({64}, open_ends), 10, world()), ring(box({64}), 10, world());
  const auto refused = [&](const grid::StructuredGrid& grid, auto change, const char* word) {
    InitialOptions options;
    change(options);
    expect_refused([&] { flame_front(options, hydrogen(), grid); }, word);
  };
  refused(
      ring, [](auto&) {}, "periodic");
  refused(
      pipe, [](auto& o) { o.front_position = 0.02; }, "0.02 m");
  refused(
      pipe, [](auto& o) { o.front_thickness = 0.0; }, "thickness");
  refused(
      pipe, [](auto& o) { o.equivalence_ratio = 0.0; }, "300.0 K only");
}

/// The diffusion flame of the Taylor-Green benchmark: L = 1 mm.
struct Benchmark {
  static constexpr double L = 1e-3, box_length = 2.0 * std::numbers::pi * L;
  grid::StructuredGrid grid{box({64}, grid::Boundary::periodic, box_length), 10, world()};
  InitialCondition flame = diffusion_flame(InitialOptions{}, hydrogen(), grid);

  /// Share of air by mole.
  static double air(double x) {
    const double R = std::numbers::pi / 4.0 * L;
    return 0.5 * (1.0 + std::tanh(3.0 * (std::abs(x - std::numbers::pi * L) - R) / R));
  }
  /// Mass fractions before burning.
  static std::vector<double> mixture(double x) {
    std::vector<double> X(hydrogen().n_species(), 0.0), Y(X);
    X[hydrogen().require_species("H2")] = 0.45 * (1.0 - air(x));
    X[hydrogen().require_species("O2")] = 0.21 * air(x);
    X[hydrogen().require_species("N2")] = 0.55 * (1.0 - air(x)) + 0.79 * air(x);
    chemistry::Thermodynamics(hydrogen()).mass_from_mole_fractions(X, Y);
    return Y;
  }
};

TEST(DiffusionFlame, holds_the_benchmarks_elements_and_enthalpy_everywhere) {
  const Benchmark benchmark;
  const auto& mechanism = hydrogen();
  const chemistry::Thermodynamics thermodynamics(mechanism);
  for (int i = 0; i <= 1000; ++i) {
    const double x = Benchmark::box_length * i / 1000.0;
    const auto Y = Benchmark::mixture(x);
    const auto row = along_x(benchmark.flame, x);
    const auto burnt = std::span(row).subspan(1);
    expect_sound(row, x);
    for (std::size_t e = 0; e < mechanism.n_elements(); ++e) {
      double gained = 0.0;
      for (std::size_t k = 0; k < Y.size(); ++k) gained += mechanism.element_mass_fraction(e, k) * (burnt[k] - Y[k]);
      EXPECT_NEAR(gained, 0.0, 1e-14) << x;
    }
    EXPECT_NEAR(thermodynamics.enthalpy(row[0], burnt), thermodynamics.enthalpy(300.0, Y), 1e-6) << x;
  }
}

TEST(DiffusionFlame, is_hot_in_two_thin_layers_between_cold_fuel_and_cold_air) {
  const Benchmark benchmark;
  double hottest = 0.0, at = 0.0, hot = 0.0;
  constexpr int n = 20'000;
  for (int i = 0; i < n; ++i) {
    const double x = Benchmark::box_length * (i + 0.5) / n;
    const auto row = along_x(benchmark.flame, x);
    const auto mirrored = along_x(benchmark.flame, Benchmark::box_length - x);
    EXPECT_NEAR(row[0], mirrored[0], 1e-7) << x;
    if (row[0] > hottest) hottest = row[0], at = x;
    if (row[0] > 1000.0) hot += Benchmark::box_length / n;
  }
  EXPECT_NEAR(hottest, 1955.8, 1.0);  // highest of all mixtures of the two gases, by burnt_gas()
  EXPECT_NEAR(Benchmark::air(at), 0.45 / (0.45 + 2.0 * 0.21), 0.02);  // stoichiometric
  EXPECT_LT(hot, 0.2 * Benchmark::box_length);
  EXPECT_NEAR(along_x(benchmark.flame, 0.0)[0], 300.0, 0.1);
  EXPECT_NEAR(along_x(benchmark.flame, 0.0)[1 + hydrogen().require_species("H2")], 0.0, 1e-12);
  const auto inside = along_x(benchmark.flame, 0.5 * Benchmark::box_length);
  EXPECT_LT(inside[0], 320.0);
  EXPECT_NEAR(inside[1 + hydrogen().require_species("O2")], 0.0, 1e-12);
}

TEST(DiffusionFlame, takes_another_oxidiser_and_diluent) {
  const grid::StructuredGrid grid(box({64}), 10, world());
  InitialOptions options;
  options.oxidizer = "O2";
  options.diluent = "H2O";
  const auto flame = diffusion_flame(options, hydrogen(), grid);
  const auto outside = along_x(flame, 0.0), inside = along_x(flame, 0.005);
  EXPECT_NEAR(outside[1 + hydrogen().require_species("O2")], 1.0, 2e-3);  // but for the edge of the slab
  EXPECT_NEAR(inside[1 + hydrogen().require_species("N2")], 0.0, 1e-12);
  EXPECT_NEAR(inside[1 + hydrogen().require_species("H2O")], 0.55 * 18.015 / (0.55 * 18.015 + 0.45 * 2.016), 0.02);
}

TEST(DiffusionFlame, table_is_fine_enough_for_the_peak) {
  const Benchmark benchmark;
  for (double x = 0.00218; x < 0.00236; x += 1e-6) {  // where it is above 1600 K
    const auto exact = subproblem::burnt_gas(hydrogen(), 300.0, 101325.0, Benchmark::mixture(x));
    const auto row = along_x(benchmark.flame, x);
    EXPECT_NEAR(row[0], exact[0], 1.0) << x;
    for (std::size_t k = 1; k < row.size(); ++k) EXPECT_NEAR(row[k], exact[k], 1e-4) << x;
  }
}

TEST(DiffusionFlame, refuses_options_that_make_no_sense) {
  const grid::StructuredGrid grid(box({64}), 10, world());
  const auto refused = [&](auto change, const char* word) {
    InitialOptions options;
    change(options);
    expect_refused([&] { diffusion_flame(options, hydrogen(), grid); }, word);
  };
  refused([](auto& o) { o.slab_fuel = 0.0; }, "mole fraction");
  refused([](auto& o) { o.slab_fuel = 1.1; }, "mole fraction");
  refused([](auto& o) { o.slab_half_width = 0.006; }, "half-width");
  refused([](auto& o) { o.slab_steepness = -3.0; }, "steepness");
}

}  // namespace
}  // namespace bimetal::flow
