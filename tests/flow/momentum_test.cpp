#include "flow/momentum.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <limits>
#include <numeric>
#include <string>

#include "core/random.hpp"
#include "staggered.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::box;
using bimetal::testing::observed_order;
using bimetal::testing::Staggered;
using bimetal::testing::wave;
using bimetal::testing::world;
using grid::Boundary;
using grid::Ends;
using Cells = std::vector<std::int64_t>;
constexpr double infinite = std::numeric_limits<double>::infinity();  // the order of a first grid

/// A scalar or a component of a vector as a function of the place.
using Field = std::function<double(const Position&)>;

/// A gas whose every property varies.
struct Gas {
  int dimensions;
  std::function<double(int axis, const Position&)> u;

  double viscosity(const Position& x) const { return 0.2 + 0.1 * wave(x, dimensions, 0.3); }
  double volume(const Position& x) const { return 2.0 + wave(x, dimensions, 1.1); }
  double pressure(const Position& x) const { return wave(x, dimensions, 2.2); }
  double column(int c, const Position& x) const {
    return c == viscosity_column ? viscosity(x) : c == volume_column ? volume(x) : pressure(x);
  }
};

/// By sixth-order differences.
double slope(const Field& field, Position x, int axis) {
  constexpr double h = 3e-3;
  const auto a = static_cast<std::size_t>(axis);
  const double centre = x[a];
  double result = 0.0;
  for (const auto& [shift, weight] : {std::pair{1, 45.0}, {2, -9.0}, {3, 1.0}})
    for (const int sign : {1, -1}) {
      x[a] = centre + sign * shift * h;
      result += sign * weight * field(x) / (60.0 * h);
    }
  return result;
}

double slope_of_u(const Gas& gas, int component, const Position& x, int axis) {
  return slope([&](const Position& y) { return gas.u(component, y); }, x, axis);
}

double divergence(const Gas& gas, const Position& x) {
  double sum = 0.0;
  for (int b = 0; b < gas.dimensions; ++b) sum += slope_of_u(gas, b, x, b);
  return sum;
}

double advection(const Gas& gas, int axis, const Position& x) {
  double sum = 0.0;
  for (int b = 0; b < gas.dimensions; ++b) sum -= gas.u(b, x) * slope_of_u(gas, axis, x, b);
  return sum;
}

double friction(const Gas& gas, int a, const Position& x) {
  double force = 0.0;
  for (int b = 0; b < gas.dimensions; ++b) {
    const Field stress = [&](const Position& y) {
      const double symmetric = slope_of_u(gas, a, y, b) + slope_of_u(gas, b, y, a);
      return gas.viscosity(y) * (symmetric - (a == b ? 2.0 / 3.0 * divergence(gas, y) : 0.0));
    };
    force += slope(stress, x, b);
  }
  return gas.volume(x) * force;
}

double pressure_force(const Gas& gas, int axis, const Position& x) {
  return -gas.volume(x) * slope([&](const Position& y) { return gas.pressure(y); }, x, axis);
}

double gradient(const Gas& gas, int axis, const Position& x) {
  return -0.5 * slope([&](const Position& y) { return gas.pressure(y); }, x, axis);
}

/// A term of the equation as the code adds it, and exactly.
struct Term {
  const char* name;
  void (*add)(const Momentum&, core::ConstRows u, core::ConstRows medium, core::Rows rate);
  double (*exact)(const Gas&, int axis, const Position&);
};

const Term advection_term{
    "advection", [](const Momentum& m, auto u, auto, auto rate) { m.add_advection(u, 1.0, rate); }, advection};
const Term friction_term{
    "friction", [](const Momentum& m, auto u, auto medium, auto rate) { m.add_friction(u, medium, rate); }, friction};
const Term pressure_term{"pressure force",
                         [](const Momentum& m, auto, auto medium, auto rate) { m.add_pressure_force(medium, rate); },
                         pressure_force};
const Term gradient_term{
    "half a gradient",
    [](const Momentum& m, auto, auto medium, auto rate) { m.subtract_gradient(medium, 0.5, rate); }, gradient};

/// Root mean square error over the faces, relative to that of the exact term.
double error_of(const Term& term, const Cells& cells, const Gas& gas) {
  Staggered run(box(cells, Boundary::periodic, 1.0));
  run.set_velocity(gas.u);
  run.set_medium([&](int c, const Position& x) { return gas.column(c, x); });
  auto rate = run.rates();
  const auto u = run.velocity_rows(), medium = run.medium_rows();
  term.add(Momentum(run.fields), u.rows(), medium.rows(), rate.rows());
  double error = 0.0, scale = 0.0;
  run.for_solved([&](int axis, auto i, auto j, auto k) {
    const double exact = term.exact(gas, axis, run.face(axis, i, j, k));
    error += std::pow(rate[run.u_grid.owned_index(i, j, k)][static_cast<std::size_t>(axis)] - exact, 2);
    scale += exact * exact;
  });
  return std::sqrt(world().sum(error) / world().sum(scale));
}

struct Convergence {
  const char* flow;
  Term term;
  std::vector<std::int64_t> cells;  // along every axis
  Gas gas;
  double order;
};

Gas waves(int dimensions) {
  return {dimensions,
          [=](int axis, const Position& x) { return 0.4 + 0.3 * axis + wave(x, dimensions, 1.0 + axis); }};
}

/// A wind along x that carries a shear.
Gas carried_shear(double wind) {
  return {2, [=](int axis, const Position& x) { return axis == 0 ? wind : std::sin(2.0 * std::numbers::pi * x[0]); }};
}

TEST(Momentum, terms_approach_the_differential_equation_with_their_orders) {
  const std::vector<Convergence> table{
      {"1-D", advection_term, {32, 64, 128}, waves(1), 2.9},
      {"shear, rightward", advection_term, {32, 64}, carried_shear(0.8), 2.9},
      {"shear, leftward", advection_term, {32, 64}, carried_shear(-0.8), 2.9},
      // The wind across is a mean over four faces, of second order.
      {"2-D", advection_term, {32, 64, 128}, waves(2), 1.9},
      {"3-D", advection_term, {16, 32}, waves(3), 1.9},
      {"1-D", friction_term, {32, 64, 128}, waves(1), 1.9},
      {"2-D", friction_term, {32, 64}, waves(2), 1.9},
      {"3-D", friction_term, {12, 24}, waves(3), 1.9},
      {"1-D", pressure_term, {32, 64, 128}, waves(1), 1.9},
      {"2-D", pressure_term, {32, 64, 128}, waves(2), 1.9},
      {"3-D", pressure_term, {16, 32}, waves(3), 1.9},
      {"2-D", gradient_term, {32, 64}, waves(2), 1.9},
  };
  if (world().is_root()) std::printf("%-16s %-16s %6s %11s %6s\n", "term", "flow", "cells", "error", "order");
  for (const auto& entry : table) {
    double before = 0.0;
    for (const auto n : entry.cells) {
      const double error = error_of(entry.term, Cells(static_cast<std::size_t>(entry.gas.dimensions), n), entry.gas);
      const double order = before > 0.0 ? observed_order(before, error) : infinite;
      if (world().is_root())
        std::printf("%-16s %-16s %4d^%d %11.3e %6.2f\n", entry.term.name, entry.flow, static_cast<int>(n),
                    entry.gas.dimensions, error, order);
      EXPECT_GT(order, entry.order) << entry.term.name << ", " << entry.flow;
      before = error;
    }
  }
}

TEST(Momentum, divergence_approaches_the_exact_one_with_second_order) {
  for (const int dimensions : {1, 2, 3}) {
    const Gas gas = waves(dimensions);
    std::vector<double> errors;
    for (const std::int64_t n : {16, 32}) {
      Staggered run(box(Cells(static_cast<std::size_t>(dimensions), n), Boundary::periodic, 1.0));
      run.set_velocity(gas.u);
      std::vector<double> result(static_cast<std::size_t>(run.cells.extents().n_owned()));
      const auto u = run.velocity_rows();
      Momentum(run.fields).divergence(u.rows(), result);
      double error = 0.0;
      std::size_t cell = 0;
      for_points(run.fields.cells(), [&](auto... at) {
        error = std::max(error, std::abs(result[cell++] - divergence(gas, run.centre(at...))));
      });
      errors.push_back(world().max(error));
    }
    EXPECT_GT(observed_order(errors[0], errors[1]), 1.9) << dimensions << "-D: " << errors[0] << ", " << errors[1];
  }
}

TEST(Momentum, a_uniform_flow_feels_nothing) {
  for (const auto& cells : {Cells{8}, {8, 9}, {6, 5, 8}}) {
    Staggered run(box(cells, Boundary::periodic, 1.0));
    const Gas gas = waves(run.dimensions());
    run.set_velocity([](int axis, const Position&) { return axis == 1 ? -5.0 : 3.0; });
    run.set_medium([&](int c, const Position& x) { return c == pressure_column ? 1e5 : gas.column(c, x); });
    auto rate = run.rates();
    const auto u = run.velocity_rows(), medium = run.medium_rows();
    const Momentum momentum(run.fields);
    momentum.add_friction(u.rows(), medium.rows(), rate.rows());
    momentum.add_pressure_force(medium.rows(), rate.rows());
    for (const double value : rate.rows().flat()) EXPECT_EQ(value, 0.0);
    momentum.add_advection(u.rows(), 1.0, rate.rows());
    for (const double value : rate.rows().flat()) EXPECT_NEAR(value, 0.0, 1e-12);
    std::vector<double> divergence(static_cast<std::size_t>(run.cells.extents().n_owned()), 1.0);
    momentum.divergence(u.rows(), divergence);
    for (const double value : divergence) EXPECT_EQ(value, 0.0);
  }
}

TEST(Momentum, advection_damps_what_the_grid_cannot_resolve_whichever_way_the_wind_blows) {
  for (const double wind : {2.0, -2.0}) {
    Staggered run(box({16, 16}, Boundary::periodic, 1.0));
    // A sawtooth across the wind, from face to face.
    run.set_velocity([&](int axis, const Position& x) {
      return axis == 0 ? wind : 0.1 * (std::lround(x[0] * 16.0 - 0.5) % 2 == 0 ? 1.0 : -1.0);
    });
    auto rate = run.rates();
    const auto u = run.velocity_rows();
    Momentum(run.fields).add_advection(u.rows(), 1.0, rate.rows());
    run.for_solved([&](int axis, auto... at) {
      if (axis == 0) return;
      const double here = u.rows()[run.u_grid.layout().index(at...)][1];
      EXPECT_NEAR(rate[run.u_grid.owned_index(at...)][1], -4.0 / 3.0 * 2.0 * 16.0 * here, 1e-12);
    });
  }
}

const std::vector<std::vector<Ends>> open_and_closed{
    {Ends{Boundary::inflow, Boundary::outflow}},
    {Boundary::wall, Ends{Boundary::outflow, Boundary::slip_wall}},
    {Ends{Boundary::outflow, Boundary::inflow}, Boundary::wall, Boundary::periodic}};

Staggered between(const std::vector<Ends>& ends, const parallel::Communicator& comm = world()) {
  const Cells cells{9, 8, 4};
  auto options =
      box(Cells(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(ends.size())), Boundary::wall, 1.0);
  options.boundary = ends;
  ByEnd<InflowProfile> inflow;
  for (auto& axis : inflow) axis.fill([](const Position&) { return 2.0; });
  Staggered run(options, inflow, comm);
  const Gas gas = waves(run.dimensions());
  run.set_velocity(gas.u);
  run.set_medium([&](int c, const Position& x) { return gas.column(c, x); });
  return run;
}

void add_all(const Staggered& run, core::Rows rate) {
  const auto u = run.velocity_rows(), medium = run.medium_rows();
  const Momentum momentum(run.fields);
  momentum.add_advection(u.rows(), 1.0, rate);
  momentum.add_friction(u.rows(), medium.rows(), rate);
  momentum.add_pressure_force(medium.rows(), rate);
  momentum.subtract_gradient(medium.rows(), 0.3, rate);
}

TEST(Momentum, adds_to_the_faces_that_are_solved_for_and_to_no_other) {
  for (const auto& ends : open_and_closed) {
    const Staggered run = between(ends);
    auto once = run.rates(), on_top = run.rates();
    std::ranges::fill(on_top.rows().flat(), 7.0);
    add_all(run, once.rows());
    add_all(run, on_top.rows());
    auto solved = run.rates();
    run.for_solved(
        [&](int axis, auto... at) { solved[run.u_grid.owned_index(at...)][static_cast<std::size_t>(axis)] = 1.0; });
    for (std::size_t i = 0; i < solved.rows().flat().size(); ++i) {
      EXPECT_NEAR(on_top.rows().flat()[i], 7.0 + once.rows().flat()[i],
                  1e-12 * (1.0 + std::abs(once.rows().flat()[i])));
      EXPECT_EQ(once.rows().flat()[i] != 0.0, solved.rows().flat()[i] == 1.0);
    }
  }
}

TEST(Momentum, gives_the_same_rates_on_any_number_of_ranks) {
  for (const auto& ends : open_and_closed) {
    const Staggered together = between(ends), alone = between(ends, parallel::Communicator());
    auto shared = together.rates(), whole = alone.rates();
    add_all(together, shared.rows());
    add_all(alone, whole.rows());
    EXPECT_EQ(together.gather_rates(shared.rows()), alone.gather_rates(whole.rows()));
  }
}

/// Magnitude of friction's largest eigenvalue on a grid of one rank, by power iteration.
double spectral_radius(Staggered& run) {
  const auto medium = run.medium_rows();
  const Momentum momentum(run.fields);
  auto rate = run.rates();
  for (std::size_t i = 0; i < rate.rows().flat().size(); ++i)
    rate.rows().flat()[i] = core::random_uniform(5, core::Purpose::initial, 0, i) - 0.5;
  double radius = 0.0;
  for (int iteration = 0; iteration < 400; ++iteration) {
    const auto norm = [&] {
      return std::sqrt(
          std::inner_product(rate.rows().flat().begin(), rate.rows().flat().end(), rate.rows().flat().begin(), 0.0));
    };
    const double before = norm();
    {
      const petsc::VecRows u(run.u.get(), run.dimensions());
      std::ranges::fill(u.rows().flat(), 0.0);
    }
    run.set_faces([&](int axis, auto... at) {
      return rate[run.u_grid.owned_index(at...)][static_cast<std::size_t>(axis)] / before;
    });
    std::ranges::fill(rate.rows().flat(), 0.0);
    const auto u = run.velocity_rows();
    momentum.add_friction(u.rows(), medium.rows(), rate.rows());
    radius = norm();
  }
  return radius;
}

TEST(Momentum, bounds_the_spectral_radius_of_friction) {
  struct Radius {
    const char* name;
    std::function<double(const Position&)> temperature;  // over that of the coldest gas
    double closest;                                      // radius over bound, at least
  };
  const std::vector<Radius> table{{"uniform", [](const Position&) { return 1.0; }, 0.75},
                                  {"smooth", [](const Position& x) { return 4.0 + 3.0 * wave(x, 2, 0.0); }, 0.5},
                                  {"rough",
                                   [](const Position& x) {
                                     return 1.0 + 6.0 * core::random_uniform(
                                                            3, core::Purpose::initial,
                                                            static_cast<std::uint64_t>(1e4 * x[0] + 1e8 * x[1]), 0);
                                   },
                                   0.2}};
  for (const auto& cells : {Cells{16}, {12, 10}, {6, 6, 6}})
    for (const auto boundary : {Boundary::periodic, Boundary::wall, Boundary::outflow})
      for (const auto& entry : table) {
        Staggered run(box(cells, boundary, 1.0), {}, parallel::Communicator());
        // Hot gas is thinner and more viscous.
        run.set_medium([&](int c, const Position& x) {
          return c == viscosity_column ? 0.1 * std::pow(entry.temperature(x), 0.7) : entry.temperature(x);
        });
        const auto medium = run.medium_rows();
        const double bound = Momentum(run.fields).friction_bound(medium.rows());
        const double radius = spectral_radius(run);
        EXPECT_LT(radius, bound) << entry.name << ", " << cells.size() << "-D";
        EXPECT_GT(radius, entry.closest * bound) << entry.name << ", " << cells.size() << "-D";
      }
}

}  // namespace
}  // namespace bimetal::flow
