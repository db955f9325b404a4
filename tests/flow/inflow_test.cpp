#include "flow/inflow.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "chemistry/mechanism_reader.hpp"
#include "chemistry/mixture.hpp"
#include "chemistry/simple_transport.hpp"
#include "chemistry/thermodynamics.hpp"
#include "core/error.hpp"
#include "fields.hpp"
#include "flow/scalar_transport.hpp"
#include "test_gas.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::box;
using bimetal::testing::fill_rows;
using bimetal::testing::gather;
using bimetal::testing::twin_gas;
using bimetal::testing::world;
using grid::Boundary;
using grid::Ends;
using Row = std::vector<double>;

constexpr double pressure = 101325.0;

grid::StructuredGrid duct(std::vector<std::int64_t> cells, std::vector<Ends> boundary) {
  const std::size_t n = cells.size();
  return {{std::move(cells), Row(n, -1.0), Row(n, 3.0), std::move(boundary)}, 1, world()};
}

/// Of the end of axis 0, by Simpson's rule, which is exact for parabolas; from -1 m to 3 m along y and z.
double mean_of(const InflowProfile& profile) {
  constexpr std::array places{-1.0, 1.0, 3.0}, weights{1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0};
  double mean = 0.0;
  for (std::size_t j = 0; j < 3; ++j)
    for (std::size_t k = 0; k < 3; ++k) mean += weights[j] * weights[k] * profile({-1.0, places[j], places[k]});
  return mean;
}

TEST(Inflow, has_the_mean_velocity_asked_for_into_the_box) {
  const Ends pipe{Boundary::inflow, Boundary::outflow}, both = Boundary::inflow;
  const std::vector<grid::StructuredGrid> grids = [&] {
    std::vector<grid::StructuredGrid> all;
    all.push_back(duct({8}, {both}));
    all.push_back(duct({8, 8}, {pipe, Boundary::wall}));
    all.push_back(duct({8, 8}, {both, Boundary::periodic}));
    all.push_back(duct({8, 8, 8}, {both, Boundary::wall, Boundary::periodic}));
    all.push_back(duct({8, 8, 8}, {both, Boundary::slip_wall, Boundary::wall}));
    return all;
  }();
  for (const auto& grid : grids)
    for (const auto profile : {Profile::uniform, Profile::parabolic}) {
      const InflowOptions options{.velocity = 2.5, .profile = profile};
      EXPECT_NEAR(mean_of(inflow_profile(options, grid, 0, 0)), 2.5, 1e-14);
      EXPECT_NEAR(mean_of(inflow_profile(options, grid, 0, 1)), -2.5, 1e-14);
    }
}

TEST(Inflow, rests_at_walls_if_parabolic_and_is_fastest_half_way_between_them) {
  const auto grid = duct({8, 8, 8}, {Boundary::inflow, Boundary::wall, Boundary::wall});
  const auto parabolic = inflow_profile({.velocity = 2.0, .profile = Profile::parabolic}, grid, 0, 0);
  const auto uniform = inflow_profile({.velocity = 2.0}, grid, 0, 0);
  for (const double edge : {-1.0, 3.0}) {
    EXPECT_NEAR(parabolic({-1.0, edge, 0.3}), 0.0, 1e-15);
    EXPECT_NEAR(parabolic({-1.0, 0.3, edge}), 0.0, 1e-15);
    EXPECT_EQ(uniform({-1.0, edge, edge}), 2.0);
  }
  EXPECT_NEAR(parabolic({-1.0, 1.0, 1.0}), 2.0 * 1.5 * 1.5, 1e-14);
  // What it is along its own axis does not matter, nor what is along a periodic one.
  EXPECT_EQ(parabolic({-1.0, 0.2, 0.4}), parabolic({2.0, 0.2, 0.4}));
  const auto around = duct({8, 8}, {Boundary::periodic, Boundary::inflow});
  const auto upwards = inflow_profile({.velocity = 2.0, .profile = Profile::parabolic}, around, 1, 0);
  EXPECT_EQ(upwards({0.2, -1.0, 0.0}), 2.0);
}

TEST(Inflow, brings_fuel_and_air_at_its_temperature) {
  const auto mechanism =
      chemistry::read_mechanism(std::string(BIMETAL_SOURCE_DIR) + "/inputs/mechanisms/h2_burke2012.yaml");
  const auto row = inflow_gas({.temperature = 450.0, .equivalence_ratio = 0.7}, mechanism);
  ASSERT_EQ(row.size(), 1 + mechanism.n_species());
  EXPECT_EQ(row[0], 450.0);
  EXPECT_NEAR(std::accumulate(row.begin() + 1, row.end(), 0.0), 1.0, 1e-15);
  // 2 H2 + O2: fuel over oxygen by mass at the equivalence ratio 1 is 2 W_H2 / W_O2.
  const double ratio = row[1 + mechanism.require_species("H2")] / row[1 + mechanism.require_species("O2")];
  EXPECT_NEAR(ratio, 0.7 * 2.0 * 2.016 / 31.998, 1e-5);
  EXPECT_THROW(inflow_gas({.reactants = {.fuel = "C8H18"}}, mechanism), core::UserError);
}

TEST(Inflow, brings_the_oxidiser_that_it_is_given) {
  const auto mechanism =
      chemistry::read_mechanism(std::string(BIMETAL_SOURCE_DIR) + "/inputs/mechanisms/h2_burke2012.yaml");
  const auto row = inflow_gas({.reactants = {.fuel = "H2", .oxidizer = "O2"}}, mechanism);
  EXPECT_EQ(row[1 + mechanism.require_species("N2")], 0.0);
  EXPECT_GT(row[1 + mechanism.require_species("O2")], 0.8);
}

/// Twins in a duct with a uniform wind that comes in through one end: other gas outside than inside.
struct Wind {
  static constexpr double speed = 3.0, T = 600.0, inside = 0.2, outside = 0.7;
  std::size_t axis, end;
  Form form;
  chemistry::Mechanism gas = twin_gas();
  grid::StructuredGrid grid;
  FaceVelocities velocity;
  petsc::Handle<Vec> state, rate;

  Wind(std::vector<std::int64_t> cells, std::size_t inflow_axis, std::size_t inflow_end, Form the_form)
      : axis(inflow_axis),
        end(inflow_end),
        form(the_form),
        grid(options(std::move(cells), axis, end), 3, world()),
        state(grid.create_global()),
        rate(grid.create_global()) {
    const auto& e = grid.extents();
    for (std::size_t a = 0; a < static_cast<std::size_t>(e.dimensions); ++a) {
      auto n = e.owned;
      ++n[a];
      velocity.normal[a].assign(static_cast<std::size_t>(n[0] * n[1] * n[2]),
                                a == axis ? (end == 0 ? speed : -speed) : 0.0);
    }
  }

  static grid::GridOptions options(std::vector<std::int64_t> cells, std::size_t axis, std::size_t end) {
    auto result = box(std::move(cells), Boundary::wall);
    result.boundary[axis] =
        end == 0 ? Ends{Boundary::inflow, Boundary::outflow} : Ends{Boundary::outflow, Boundary::inflow};
    return result;
  }
  double density() const { return chemistry::Thermodynamics(gas).density(T, pressure, Row{0.5, 0.5}); }
  /// What the state holds of a twin of mass fraction Y.
  double content(double Y) const { return form == Form::advective ? Y : density() * Y; }

  Row rates(double Y_outside, double T_outside) {
    InflowGas inflow;
    inflow[axis][end] = {T_outside, Y_outside, 1.0 - Y_outside};
    fill_rows(grid, state.get(), [&](auto, auto row) {
      row[0] = T;
      row[1] = content(inside);
      row[2] = content(1.0 - inside);
    });
    ScalarTransport transport(grid, gas, pressure, TransportModel::constant_lewis, form, inflow);
    transport.rates(state.get(), velocity, rate.get());
    return gather(grid, rate.get());
  }
  /// Whether a cell is beside the inflow.
  bool first(std::int64_t cell) const {
    const auto& n = grid.extents().cells;
    const std::array at{cell % n[0], cell / n[0] % n[1], cell / (n[0] * n[1])};
    return at[axis] == (end == 0 ? 0 : n[axis] - 1);
  }
};

std::vector<Wind> winds() {
  std::vector<Wind> all;
  for (const auto form : {Form::advective, Form::conservative})
    for (const std::size_t end : {0, 1}) {
      all.emplace_back(std::vector<std::int64_t>{10}, 0, end, form);
      all.emplace_back(std::vector<std::int64_t>{8, 9}, 0, end, form);
      all.emplace_back(std::vector<std::int64_t>{9, 8}, 1, end, form);
      all.emplace_back(std::vector<std::int64_t>{4, 5, 8}, 2, end, form);
    }
  return all;
}

TEST(Inflow, of_the_gas_inside_changes_nothing) {
  for (auto& wind : winds())
    for (const double value : wind.rates(Wind::inside, Wind::T)) EXPECT_NEAR(value, 0.0, 1e-11);
}

TEST(Inflow, is_carried_and_diffuses_into_the_first_cells_and_no_farther) {
  for (auto& wind : winds()) {
    const auto rates = wind.rates(Wind::outside, Wind::T);
    const double h = wind.grid.extents().spacing(static_cast<int>(wind.axis));
    // Lewis number 1, and the cell of the gas outside lies as far as a neighbour.
    const double diffusivity = chemistry::SimpleTransport::conductivity_over_cp(Wind::T) / wind.density();
    const double expected = wind.content((Wind::speed / h + diffusivity / (h * h)) * (Wind::outside - Wind::inside));
    for (std::size_t cell = 0; cell < rates.size() / 3; ++cell) {
      const double here = wind.first(static_cast<std::int64_t>(cell)) ? expected : 0.0;
      EXPECT_NEAR(rates[3 * cell], 0.0, 1e-8);
      EXPECT_NEAR(rates[3 * cell + 1], here, 1e-12 * expected) << "axis " << wind.axis << ", end " << wind.end;
      EXPECT_NEAR(rates[3 * cell + 2], -here, 1e-12 * expected);
    }
  }
}

TEST(Inflow, heats_the_first_cells_by_what_its_mass_brings) {
  for (auto& wind : winds()) {
    constexpr double hotter = 650.0;
    const auto rates = wind.rates(Wind::inside, hotter);
    const double h = wind.grid.extents().spacing(static_cast<int>(wind.axis));
    const double carried = wind.form == Form::advective ? 1.0 : Wind::T / hotter;  // its density over that inside
    const double cp = 3.5 * chemistry::gas_constant / 28.014;
    const double conductivity = 0.5 * cp *
                                (chemistry::SimpleTransport::conductivity_over_cp(Wind::T) +
                                 chemistry::SimpleTransport::conductivity_over_cp(hotter));
    const double expected =
        (Wind::speed * carried / h + conductivity / (wind.density() * cp * h * h)) * (hotter - Wind::T);
    for (std::size_t cell = 0; cell < rates.size() / 3; ++cell)
      EXPECT_NEAR(rates[3 * cell], wind.first(static_cast<std::int64_t>(cell)) ? expected : 0.0, 1e-10 * expected);
  }
}

}  // namespace
}  // namespace bimetal::flow
