#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "chemistry/thermodynamics.hpp"
#include "core/random.hpp"
#include "fields.hpp"
#include "flow/face_fields.hpp"
#include "flow/scalar_transport.hpp"
#include "test_gas.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::box;
using bimetal::testing::fill_rows;
using bimetal::testing::for_rows;
using bimetal::testing::gather;
using bimetal::testing::observed_order;
using bimetal::testing::smooth_row;
using bimetal::testing::wet_hydrogen;
using bimetal::testing::world;
using Cells = std::vector<std::int64_t>;
using Row = std::vector<double>;

constexpr double pressure = 101325.0;
constexpr std::size_t width = 5;
constexpr std::array models{TransportModel::constant_lewis, TransportModel::mixture_averaged};

/// Face velocities along every axis from its own coordinate as an angle.
template <class Function>
FaceVelocities on_faces(const grid::StructuredGrid& grid, Function velocity) {
  const auto& e = grid.extents();
  FaceVelocities faces;
  for (std::size_t a = 0; a < static_cast<std::size_t>(e.dimensions); ++a) {
    PointBox all{{0, 0, 0}, e.owned};
    ++all.end[a];
    for_points(all, [&](auto... at) {
      const std::int64_t face = e.first[a] + std::array{at...}[a];
      faces.normal[a].push_back(
          velocity(2.0 * std::numbers::pi * static_cast<double>(face) / static_cast<double>(e.cells[a])));
    });
  }
  return faces;
}

double wind(double) { return 2.0; }
double gusts(double angle) { return 3.0 + 5.0 * std::sin(angle); }  // they diverge

/// Rates of wet hydrogen in one of the forms; `fill` gives T, Y whatever the form.
struct Case {
  Form form;
  chemistry::Mechanism gas = wet_hydrogen();
  grid::StructuredGrid grid;
  ScalarTransport transport;
  petsc::Handle<Vec> state, rate;

  Case(const grid::GridOptions& options, Form the_form, TransportModel model = TransportModel::constant_lewis,
       const parallel::Communicator& comm = world())
      : form(the_form),
        grid(options, width, comm),
        transport(grid, gas, pressure, model, form),
        state(grid.create_global()),
        rate(grid.create_global()) {}

  double density(std::span<const double> row) const {
    return chemistry::Thermodynamics(gas).density(row[0], pressure, row.subspan(1));
  }
  /// [n_cells, width] by global cell.
  template <class Fill, class Velocity>
  Row rates(Fill fill, Velocity velocity) {
    fill_rows(grid, state.get(), [&](auto angle, auto row) {
      fill(angle, row);
      if (form == Form::advective) return;
      const double rho = density(row);
      for (double& Y : row.subspan(1)) Y *= rho;
    });
    transport.rates(state.get(), on_faces(grid, velocity), rate.get());
    return gather(grid, rate.get());
  }
};

/// Rough in space, reproducible, and the same on any number of ranks.
void rough_row(std::span<const double> angle, std::span<double> row) {
  std::uint64_t id = 0;
  for (const double a : angle) id = 1000 * id + static_cast<std::uint64_t>(100.0 * a);
  double sum = 0.0;
  for (std::size_t c = 0; c < row.size(); ++c) {
    row[c] = core::random_uniform(3, core::Purpose::initial, id, c);
    if (c > 0) sum += row[c];
  }
  for (std::size_t c = 1; c < row.size(); ++c) row[c] /= sum;
  row[0] = 400.0 + 2000.0 * row[0];
}

TEST(ConservativeTransport, keeps_the_mass_of_every_species_whatever_the_velocity) {
  for (const auto model : models)
    for (const auto& cells : {Cells{16}, {8, 10}, {6, 4, 8}}) {
      Case run(box(cells), Form::conservative, model);
      const auto rates = run.rates(rough_row, gusts);
      for (std::size_t c = 1; c < width; ++c) {
        double made = 0.0, moved = 0.0;
        for (std::size_t i = c; i < rates.size(); i += width) {
          made += rates[i];
          moved += std::abs(rates[i]);
        }
        EXPECT_GT(moved, 0.0);
        EXPECT_LT(std::abs(made), 1e-13 * moved) << cells.size() << "-D, species " << c;
      }
    }
}

TEST(ConservativeTransport, keeps_a_uniform_temperature_whatever_the_velocity_and_the_mixture) {
  for (const auto& cells : {Cells{16}, {8, 10}, {6, 4, 8}}) {
    Case run(box(cells), Form::conservative);
    const auto isothermal = [](auto angle, auto row) {
      rough_row(angle, row);
      row[0] = 700.0;
    };
    const auto rates = run.rates(isothermal, gusts);
    for (std::size_t i = 0; i < rates.size(); i += width) EXPECT_EQ(rates[i], 0.0);
  }
}

TEST(ConservativeTransport, rests_where_all_is_uniform_and_compresses_where_the_velocity_converges) {
  Case run(box({24}), Form::conservative);
  const auto uniform = [](auto, auto row) { std::ranges::copy(Row{600.0, 0.1, 0.2, 0.3, 0.4}, row.begin()); };
  for (const double rate : run.rates(uniform, wind)) EXPECT_NEAR(rate, 0.0, 1e-11);
  const auto rates = run.rates(uniform, gusts);
  const Row row{600.0, 0.1, 0.2, 0.3, 0.4};
  const double h = run.grid.extents().spacing(0), step = 2.0 * std::numbers::pi / 24.0;
  for (std::size_t cell = 0; cell < 24; ++cell) {
    const double divergence =
        (gusts(step * static_cast<double>(cell + 1)) - gusts(step * static_cast<double>(cell))) / h;
    for (std::size_t c = 1; c < width; ++c)
      EXPECT_NEAR(rates[width * cell + c], -run.density(row) * row[c] * divergence, 1e-9);
  }
}

/// L1 distances of dT/dt and dY_k/dt between the two forms in a uniform wind, relative to the largest rates.
Row distances(const Cells& cells, TransportModel model) {
  Case advective(box(cells), Form::advective, model), conservative(box(cells), Form::conservative, model);
  const auto plain = advective.rates(smooth_row, wind), densities = conservative.rates(smooth_row, wind);
  const auto state = gather(advective.grid, advective.state.get());
  Row distance(width, 0.0), scale(width, 0.0);
  for (std::size_t i = 0; i < plain.size(); i += width) {
    const std::span row(&state[i], width);
    const double rho = advective.density(row);
    const double rho_rate = std::accumulate(&densities[i + 1], &densities[i] + width, 0.0);
    for (std::size_t c = 0; c < width; ++c) {
      const double rate = c == 0 ? densities[i] : (densities[i + c] - row[c] * rho_rate) / rho;
      distance[c] += std::abs(rate - plain[i + c]) / static_cast<double>(advective.grid.extents().n_cells());
      scale[c] = std::max(scale[c], std::abs(plain[i + c]));
    }
  }
  for (std::size_t c = 0; c < width; ++c) distance[c] /= scale[c];
  return distance;
}

TEST(ConservativeTransport, agrees_with_the_advective_form_to_second_order) {
  for (const auto model : models)
    for (const auto& [coarse, fine] : {std::pair{Cells{128}, Cells{256}}, {{48, 48}, {96, 96}}}) {
      const Row before = distances(coarse, model), after = distances(fine, model);
      for (std::size_t c = 0; c < width; ++c)
        EXPECT_GT(observed_order(before[c], after[c]), 1.8)
            << coarse.size() << "-D, component " << c << ": " << before[c] << " -> " << after[c];
    }
}

/// L1 error of d rho / dt = -u d rho / dx.
double density_error(std::int64_t n) {
  Case run(box({n}), Form::conservative);
  const auto rates = run.rates(smooth_row, wind);
  const auto density = [&](double angle) {
    Row row(width);
    smooth_row(std::span(&angle, 1), row);
    return run.density(row);
  };
  double error = 0.0;
  for (std::int64_t cell = 0; cell < n; ++cell) {
    constexpr double h = 1e-3;
    const double angle = 2.0 * std::numbers::pi * (static_cast<double>(cell) + 0.5) / static_cast<double>(n);
    const double slope = (density(angle + h) - density(angle - h)) / (2.0 * h) * 2.0 * std::numbers::pi / 0.01;
    const auto first = rates.begin() + static_cast<std::ptrdiff_t>(width) * cell;
    error += std::abs(std::accumulate(first + 1, first + width, 0.0) + wind(0.0) * slope) / static_cast<double>(n);
  }
  return error;
}

TEST(ConservativeTransport, carries_the_density_with_second_order) {
  EXPECT_GT(observed_order(density_error(64), density_error(128)), 1.9);
}

TEST(ScalarTransport, rising_pressure_heats_the_gas_by_its_work) {
  for (const auto form : {Form::advective, Form::conservative}) {
    Case run(box({8, 8}), form);
    run.transport.set_pressure(pressure, 5e6);
    const Row row{600.0, 0.1, 0.2, 0.3, 0.4};
    const auto uniform = [&](auto, auto cell) { std::ranges::copy(row, cell.begin()); };
    const double cp = chemistry::Thermodynamics(run.gas).cp(row[0], std::span(row).subspan(1));
    const auto rates = run.rates(uniform, [](double) { return 0.0; });
    for (std::size_t i = 0; i < rates.size(); i += width) {
      EXPECT_NEAR(rates[i], 5e6 / (run.density(row) * cp), 1e-9 * rates[i]);
      for (std::size_t c = 1; c < width; ++c) EXPECT_EQ(rates[i + c], 0.0);
    }
    run.transport.set_pressure(pressure, 0.0);
    for (const double rate : run.rates(uniform, [](double) { return 0.0; })) EXPECT_EQ(rate, 0.0);
  }
}

TEST(ConservativeTransport, gives_the_same_rates_on_any_number_of_ranks) {
  for (const auto model : models)
    for (const auto& cells : {Cells{17}, {9, 12}, {6, 5, 8}})
      for (const auto boundary : {grid::Boundary::periodic, grid::Boundary::outflow}) {
        Case together(box(cells, boundary), Form::conservative, model);
        Case alone(box(cells, boundary), Form::conservative, model, parallel::Communicator());
        EXPECT_EQ(together.rates(rough_row, gusts), alone.rates(rough_row, gusts));
      }
}

}  // namespace
}  // namespace bimetal::flow
