#include "flow/scalar_transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "chemistry/mixture_averaged_transport.hpp"
#include "chemistry/simple_transport.hpp"
#include "chemistry/thermodynamics.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "fields.hpp"
#include "flow/rkc.hpp"
#include "test_gas.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::box;
using bimetal::testing::fill_rows;
using bimetal::testing::for_rows;
using bimetal::testing::gather;
using bimetal::testing::observed_order;
using bimetal::testing::smooth_row;
using bimetal::testing::twin_gas;
using bimetal::testing::wet_hydrogen;
using bimetal::testing::world;

constexpr double pressure = 101325.0;
constexpr double pi = std::numbers::pi;
using Cells = std::vector<std::int64_t>;
using Row = std::vector<double>;

constexpr std::array models{TransportModel::constant_lewis, TransportModel::mixture_averaged};
const char* name_of(TransportModel model) { return transport_names[static_cast<std::size_t>(model)].first; }

/// A grid, a gas and a velocity with the vectors to work on.
struct Case {
  chemistry::Mechanism gas;
  grid::StructuredGrid grid;
  PrescribedVelocity velocity;
  ScalarTransport transport;
  petsc::Handle<Vec> state, rate;

  Case(chemistry::Mechanism mechanism, const grid::GridOptions& options, const PrescribedOptions& flow,
       TransportModel model = TransportModel::constant_lewis, const parallel::Communicator& comm = world())
      : gas(std::move(mechanism)),
        grid(options, static_cast<int>(1 + gas.n_species()), comm),
        velocity(flow, grid),
        transport(grid, gas, pressure, model),
        state(grid.create_global()),
        rate(grid.create_global()) {}

  void evaluate() { transport.rates(state.get(), velocity.faces(), rate.get()); }
  void advance(double time, int n_steps) {
    RungeKuttaChebyshev method(state.get());
    const double dt = time / n_steps, courant = velocity.courant_rate();
    ASSERT_LE(dt * courant, RungeKuttaChebyshev::courant_limit * (1.0 + 1e-12));
    const auto stages = [&] {
      return RungeKuttaChebyshev::stages_for(dt * (transport.diffusion_bound() + 2.0 * courant));
    };
    for (int step = 0; step < n_steps; ++step)
      method.step(state.get(), dt, stages, [&](Vec y, Vec f) { transport.rates(y, velocity.faces(), f); });
  }
};

double largest(const std::vector<double>& values) {
  double result = 0.0;
  for (const double value : values) result = std::max(result, std::abs(value));
  return result;
}

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

PrescribedOptions moving(std::size_t dimensions) {
  if (dimensions == 1) return {PrescribedKind::uniform, 5.0};
  return {PrescribedKind::vortex, 5.0};
}

TEST(ScalarTransport, leaves_a_uniform_state_at_rest_to_the_bit) {
  for (const auto model : models)
    for (const auto& cells : {Cells{16}, {8, 10}, {6, 4, 8}})
      for (const auto boundary : {grid::Boundary::periodic, grid::Boundary::wall}) {
        const bool pipe = cells.size() == 1 && boundary == grid::Boundary::wall;
        Case run(wet_hydrogen(), box(cells, boundary), pipe ? PrescribedOptions{} : moving(cells.size()), model);
        const std::array<double, 1> angle{1.0};
        fill_rows(run.grid, run.state.get(), [&](auto, auto row) { smooth_row(angle, row); });
        run.evaluate();
        EXPECT_EQ(largest(gather(run.grid, run.rate.get())), 0.0) << name_of(model);
      }
}

TEST(ScalarTransport, rates_of_mass_fractions_add_up_to_zero) {
  for (const auto model : models)
    for (const auto& cells : {Cells{16}, {8, 10}, {6, 4, 8}}) {
      Case run(wet_hydrogen(), box(cells), moving(cells.size()), model);
      fill_rows(run.grid, run.state.get(), rough_row);
      run.evaluate();
      const auto rates = gather(run.grid, run.rate.get());
      double worst = 0.0, scale = 0.0;
      for (std::size_t i = 0; i < rates.size(); i += 5) {
        double sum = 0.0;
        for (std::size_t k = 1; k < 5; ++k) {
          sum += rates[i + k];
          scale = std::max(scale, std::abs(rates[i + k]));
        }
        worst = std::max(worst, std::abs(sum));
      }
      EXPECT_GT(scale, 0.0);
      EXPECT_LT(worst, 1e-14 * scale) << name_of(model);
    }
}

TEST(ScalarTransport, diffusion_moves_the_mass_of_a_species_and_makes_none) {
  for (const auto model : models)
    for (const auto& cells : {Cells{16}, {8, 10}, {6, 4, 8}}) {
      Case run(wet_hydrogen(), box(cells), {}, model);
      fill_rows(run.grid, run.state.get(), rough_row);
      run.evaluate();
      const chemistry::Thermodynamics thermo(run.gas);
      const auto rows = gather(run.grid, run.state.get()), rates = gather(run.grid, run.rate.get());
      for (std::size_t k = 1; k < 5; ++k) {
        double made = 0.0, moved = 0.0;
        for (std::size_t i = 0; i < rows.size(); i += 5) {
          const double rate = thermo.density(rows[i], pressure, {&rows[i + 1], 4}) * rates[i + k];
          made += rate;
          moved += std::abs(rate);
        }
        EXPECT_LT(std::abs(made), 1e-13 * moved) << name_of(model) << ", species " << k;
      }
    }
}

/// The equations of the header from the analytic state, by nested sixth-order differences: shares no code with the
/// solver but the gas properties. `wave` [1/m] turns lengths into angles.
class Continuum {
 public:
  Continuum(const chemistry::Mechanism& gas, TransportModel model, std::size_t dimensions, double wave,
            const std::array<double, 3>& velocity)
      : model_(model),
        thermo_(gas),
        lewis_(gas),
        mixture_(gas),
        dimensions_(dimensions),
        wave_(wave),
        velocity_(velocity) {}

  Row rate(std::span<const double> angle) {
    const Row row = state({angle.begin(), angle.end()});
    const std::span<const double> Y(row.data() + 1, row.size() - 1);
    const double rho = thermo_.density(row[0], pressure, Y), cp = thermo_.cp(row[0], Y);
    Row cp_k(Y.size()), result(row.size(), 0.0);
    thermo_.species_cp(row[0], cp_k);
    for (std::size_t axis = 0; axis < dimensions_; ++axis) {
      const Row at(angle.begin(), angle.end());
      const Row gradient = slope(at, axis, [&](const Row& a) { return state(a); });
      const Row here = flux(at, axis);
      const Row divergence = slope(at, axis, [&](const Row& a) { return flux(a, axis); });
      double enthalpy = 0.0;
      for (std::size_t k = 0; k < Y.size(); ++k) enthalpy += cp_k[k] * here[1 + k] * gradient[0];
      result[0] -= velocity_[axis] * gradient[0] + (divergence[0] + enthalpy) / (rho * cp);
      for (std::size_t c = 1; c < row.size(); ++c) result[c] -= velocity_[axis] * gradient[c] + divergence[c] / rho;
    }
    return result;
  }

 private:
  Row state(const Row& angle) const {
    Row row(1 + thermo_.n_species());
    smooth_row(angle, row);
    return row;
  }
  Row state_by_moles(const Row& angle) const {
    Row row = state(angle);
    thermo_.mole_from_mass_fractions(Row(row.begin() + 1, row.end()), std::span(row).subspan(1));
    return row;
  }
  Row flux(const Row& angle, std::size_t axis) {
    const Row row = state(angle);
    Row result = model_ == TransportModel::constant_lewis ? lewis_flux(angle, axis) : mixture_flux(angle, axis);
    const double excess = std::accumulate(result.begin() + 1, result.end(), 0.0);
    for (std::size_t c = 1; c < row.size(); ++c) result[c] -= row[c] * excess;
    return result;
  }
  // Without the correction velocity.
  Row lewis_flux(const Row& angle, std::size_t axis) const {
    const Row row = state(angle), gradient = slope(angle, axis, [&](const Row&a) { return state(a); });
    const double conductivity_over_cp = chemistry::SimpleTransport::conductivity_over_cp(row[0]);
    Row result(row.size());
    result[0] = -conductivity_over_cp * thermo_.cp(row[0], std::span(row).subspan(1)) * gradient[0];
    for (std::size_t c = 1; c < row.size(); ++c)
      result[c] = -conductivity_over_cp / lewis_.lewis()[c - 1] * gradient[c];
    return result;
  }
  Row mixture_flux(const Row& angle, std::size_t axis) {
    const Row row = state(angle), gradient = slope(angle, axis, [&](const Row&a) { return state_by_moles(a); });
    const std::span<const double> Y(row.data() + 1, row.size() - 1);
    Row cp(Y.size()), D(Y.size()), result(row.size());
    thermo_.species_cp(row[0], cp);
    result[0] = -mixture_.evaluate(row[0], pressure, Y, cp, D).conductivity * gradient[0];
    const double moles = thermo_.density(row[0], pressure, Y) / thermo_.mean_molecular_weight(Y);
    for (std::size_t k = 0; k < Y.size(); ++k)
      result[1 + k] = -moles * thermo_.molecular_weights()[k] * D[k] * gradient[1 + k];
    return result;
  }
  template <class Function>
  Row slope(Row angle, std::size_t axis, Function function) const {
    constexpr double h = 0.02;
    const double centre = angle[axis];
    Row result;
    for (const auto& [shift, weight] : {std::pair{1, 45.0}, {2, -9.0}, {3, 1.0}})
      for (const int sign : {1, -1}) {
        angle[axis] = centre + sign * shift * h;
        const Row value = function(angle);
        result.resize(value.size(), 0.0);
        for (std::size_t c = 0; c < value.size(); ++c) result[c] += sign * weight * value[c] * wave_ / (60.0 * h);
      }
    return result;
  }

  TransportModel model_;
  chemistry::Thermodynamics thermo_;
  chemistry::SimpleTransport lewis_;
  chemistry::MixtureAveragedTransport mixture_;
  std::size_t dimensions_;
  double wave_;
  std::array<double, 3> velocity_;
};

/// L1 error of every component's rate, relative to its largest exact value.
Row truncation_errors(const Cells& cells, const PrescribedOptions& flow, TransportModel model) {
  Case run(wet_hydrogen(), box(cells), flow, model);
  fill_rows(run.grid, run.state.get(), smooth_row);
  run.evaluate();
  std::array<double, 3> velocity{};
  for (std::size_t axis = 0; axis < cells.size(); ++axis) velocity[axis] = run.velocity.faces().normal[axis].front();
  Continuum continuum(run.gas, model, cells.size(), 2.0 * pi / 0.01, velocity);

  Row error(5, 0.0), scale(5, 0.0);
  const petsc::ConstVecRows rates(run.rate.get(), 5);
  for_rows(run.grid.extents(), [&](std::int64_t row, std::span<const double> angle) {
    const Row exact = continuum.rate(angle);
    for (std::size_t c = 0; c < 5; ++c) {
      error[c] += std::abs(rates.rows()[row][c] - exact[c]) / static_cast<double>(run.grid.extents().n_cells());
      scale[c] = std::max(scale[c], std::abs(exact[c]));
    }
  });
  for (std::size_t c = 0; c < 5; ++c) error[c] = world().sum(error[c]) / world().max(scale[c]);
  return error;
}

struct Truncation {
  const char* name;
  std::vector<Cells> grids;  // each twice as fine as the one before
  PrescribedOptions flow;
  double order;
};

TEST(ScalarTransport, approaches_the_differential_equations_with_second_order) {
  const PrescribedOptions rest, diagonal{PrescribedKind::uniform, 2.0, {1.0, -1.0, 1.0}};
  const std::vector<Truncation> table{
      {"1-D diffusion", {{32}, {64}, {128}}, rest, 1.9},
      {"1-D diffusion and advection", {{64}, {128}, {256}}, diagonal, 1.9},
      {"2-D diffusion", {{16, 16}, {32, 32}, {64, 64}}, rest, 1.9},
      // Where the limiter acts, along the lines of extrema, the order of the truncation error approaches 2 slowly.
      {"2-D diffusion and advection", {{64, 64}, {128, 128}}, diagonal, 1.7},
      {"3-D diffusion", {{12, 12, 12}, {24, 24, 24}}, rest, 1.9},
  };
  for (const auto& entry : table)
    for (const auto model : models) {
      std::vector<Row> errors;
      for (const auto& cells : entry.grids) errors.push_back(truncation_errors(cells, entry.flow, model));
      const Row &coarse = errors[errors.size() - 2], &fine = errors.back();
      for (std::size_t c = 0; c < 5; ++c)
        EXPECT_GT(observed_order(coarse[c], fine[c]), entry.order)
            << name_of(model) << ", " << entry.name << ", component " << c << ": " << coarse[c] << " -> " << fine[c];
    }
}

double twin_diffusivity(TransportModel model, double T) {
  const auto gas = twin_gas();
  const std::array<double, 2> Y{0.5, 0.5};
  std::array<double, 2> D{};
  chemistry::MixtureAveragedTransport(gas).diffusivities(T, pressure, Y, D);
  const double rho = chemistry::Thermodynamics(gas).density(T, pressure, Y);
  return model == TransportModel::mixture_averaged ? D[0] : chemistry::SimpleTransport::conductivity_over_cp(T) / rho;
}

/// Twins at uniform temperature: Y_A is a wave that moves with the flow and decays as exp(-D k^2 t). `speed` [m/s]
/// along every axis. L1 error at `time`.
double wave_error(TransportModel model, const Cells& cells, double speed, double length, double time, int n_steps) {
  constexpr double T = 600.0;
  const double diagonal = speed * std::sqrt(static_cast<double>(cells.size()));
  Case run(twin_gas(), box(cells, grid::Boundary::periodic, length),
           {PrescribedKind::uniform, diagonal, {1.0, 1.0, 1.0}}, model);
  const auto wave = [](std::span<const double> angle, double turned) {
    double product = 0.4;
    for (const double a : angle) product *= std::sin(a - turned);
    return product;
  };
  fill_rows(run.grid, run.state.get(), [&](auto angle, auto row) {
    row[0] = T;
    row[1] = 0.5 + wave(angle, 0.0);
    row[2] = 1.0 - row[1];
  });
  run.advance(time, n_steps);

  const double k = 2.0 * pi / length, diffusivity = twin_diffusivity(model, T);
  const double decay = std::exp(-diffusivity * static_cast<double>(cells.size()) * k * k * time);
  double error = 0.0;
  const petsc::ConstVecRows rows(run.state.get(), 3);
  for_rows(run.grid.extents(), [&](std::int64_t row, auto angle) {
    error += std::abs(rows.rows()[row][1] - 0.5 - decay * wave(angle, k * speed * time));
  });
  return world().sum(error) / static_cast<double>(run.grid.extents().n_cells());
}

struct Wave {
  const char* name;
  TransportModel model;
  std::size_t dimensions;
  std::vector<std::int64_t> cells;  // along every axis
  double speed, length, time;
  int steps_per_cell;
};

TEST(ScalarTransport, carries_and_diffuses_a_wave_with_second_order_in_space_and_time) {
  const std::vector<Wave> table{
      {"1-D diffusion", TransportModel::constant_lewis, 1, {16, 32, 64}, 0.0, 1e-3, 2e-4, 1},
      {"1-D mixture-averaged diffusion", TransportModel::mixture_averaged, 1, {16, 32, 64}, 0.0, 1e-3, 2e-4, 1},
      {"2-D diffusion", TransportModel::constant_lewis, 2, {16, 32}, 0.0, 1e-3, 2e-4, 1},
      {"1-D advection once around", TransportModel::constant_lewis, 1, {64, 128, 256}, 100.0, 1.0, 0.01, 2},
      {"2-D advection a quarter around", TransportModel::constant_lewis, 2, {64, 128}, 100.0, 1.0, 0.0025, 1},
  };
  for (const auto& entry : table) {
    std::vector<double> errors;
    for (const auto n : entry.cells)
      errors.push_back(wave_error(entry.model, Cells(entry.dimensions, n), entry.speed, entry.length, entry.time,
                                  static_cast<int>(n) * entry.steps_per_cell));
    for (std::size_t i = 1; i < errors.size(); ++i) {
      const double order = observed_order(errors[i - 1], errors[i]);
      if (world().is_root())
        std::printf("%-32s %4ld -> %4ld cells  %10.3e -> %10.3e  order %5.2f\n", entry.name,
                    static_cast<long>(entry.cells[i - 1]), static_cast<long>(entry.cells[i]), errors[i - 1], errors[i],
                    order);
      EXPECT_GT(order, 1.9) << entry.name;
    }
  }
}

TEST(ScalarTransport, keeps_advected_steps_within_their_bounds_and_fractions_adding_up_to_one) {
  for (const auto& cells : {Cells{100}, {32, 32}}) {
    Case run(wet_hydrogen(), box(cells, grid::Boundary::periodic, 1.0),
             {PrescribedKind::uniform, 100.0, {1.0, -1.0, 0.0}});
    const Row high{300.0, 0.0, 0.2, 0.1, 0.7}, low{300.0, 0.05, 0.2, 0.0, 0.75};
    fill_rows(run.grid, run.state.get(), [&](auto angle, auto row) {
      const bool inside = std::ranges::all_of(angle, [](double a) { return a > 1.5 && a < 4.0; });
      std::ranges::copy(inside ? high : low, row.begin());
    });
    const double dt = RungeKuttaChebyshev::courant_limit / run.velocity.courant_rate();
    run.advance(200.0 * dt, 200);
    const auto field = gather(run.grid, run.state.get());
    double beyond = 0.0, drift = 0.0, contrast = 0.0;
    for (std::size_t i = 0; i < field.size(); i += 5) {
      for (std::size_t c = 1; c < 5; ++c)
        beyond =
            std::max({beyond, field[i + c] - std::max(low[c], high[c]), std::min(low[c], high[c]) - field[i + c]});
      drift = std::max(drift, std::abs(field[i + 1] + field[i + 2] + field[i + 3] + field[i + 4] - 1.0));
      contrast = std::max(contrast, field[i + 3]);
    }
    // Differential diffusion may move the constant O2 and its neighbours by a little; the limiter may not.
    EXPECT_LT(beyond, 1e-4) << cells.size() << "-D";
    EXPECT_LT(drift, 1e-13) << cells.size() << "-D";
    EXPECT_GT(contrast, 0.09) << cells.size() << "-D: smeared out";
  }
}

TEST(ScalarTransport, bounds_the_step_by_the_finest_axis_and_the_fastest_face) {
  Case run(twin_gas(), {{10, 20}, {0.0, 0.0}, {0.01, 0.01}, {grid::Boundary::periodic, grid::Boundary::periodic}},
           {PrescribedKind::uniform, 10.0, {3.0, 4.0, 0.0}});
  fill_rows(run.grid, run.state.get(), [](auto, auto row) {
    row[0] = 500.0;
    row[1] = row[2] = 0.5;
  });
  run.evaluate();
  const double bound = run.transport.diffusion_bound();
  EXPECT_NEAR(run.velocity.courant_rate(), 6.0 / 1e-3 + 8.0 / 5e-4, 1e-8);
  const double rho = pressure * 28.014 / (chemistry::gas_constant * 500.0);
  const double diffusivity = chemistry::SimpleTransport::conductivity_over_cp(500.0) / rho;
  EXPECT_GT(bound, 4.0 * diffusivity * (1e6 + 4e6));
  EXPECT_LT(bound, 5.0 * diffusivity * (1e6 + 4e6));
}

Row rates_at(Case& run, const Row& state) {
  {
    const petsc::VecRows view(run.state.get(), run.grid.n_components());
    std::ranges::copy(state, view.rows().flat().begin());
  }
  run.evaluate();
  return gather(run.grid, run.rate.get());
}

/// The magnitude of the largest eigenvalue of the Jacobian at the state of a case of one rank, by power iteration on
/// differences of the rates.
double spectral_radius(Case& run) {
  const Row state = gather(run.grid, run.state.get());
  const auto scale = [](std::size_t i) { return i % 5 == 0 ? 1000.0 : 1.0; };
  constexpr double step = 1e-6;
  Row direction(state.size());
  for (std::size_t i = 0; i < state.size(); ++i)
    direction[i] = core::random_uniform(5, core::Purpose::initial, 0, i) - 0.5;
  double radius = 0.0;
  for (int iteration = 0; iteration < 300; ++iteration) {
    const double norm = std::sqrt(std::inner_product(direction.begin(), direction.end(), direction.begin(), 0.0));
    Row ahead = state, behind = state;
    for (std::size_t i = 0; i < state.size(); ++i) {
      ahead[i] += step / norm * scale(i) * direction[i];
      behind[i] -= step / norm * scale(i) * direction[i];
    }
    ahead = rates_at(run, ahead);
    behind = rates_at(run, behind);
    for (std::size_t i = 0; i < state.size(); ++i) direction[i] = (ahead[i] - behind[i]) / (2.0 * step * scale(i));
    radius = std::sqrt(std::inner_product(direction.begin(), direction.end(), direction.begin(), 0.0));
  }
  return radius;
}

struct RadiusCase {
  const char* name;
  std::function<void(std::span<const double>, std::span<double>)> fill;
  double closest;  // radius over bound, at least
};

TEST(ScalarTransport, bounds_the_spectral_radius_of_diffusion) {
  const auto uniform = [](Row uniform_row) {
    return [=](auto, std::span<double> row) { std::ranges::copy(uniform_row, row.begin()); };
  };
  const std::vector<RadiusCase> table{
      {"a trace of hydrogen in air", uniform({300.0, 1e-5, 0.23, 0.0, 0.76999}), 0.9},
      {"smooth", smooth_row, 0.7},
      // Where hydrogen is nearly pure it cannot diffuse as fast as its diffusivity says.
      {"little but hydrogen", uniform({1500.0, 0.97, 0.01, 0.01, 0.01}), 0.1},
      {"rough", rough_row, 0.1},
  };
  for (const auto model : models)
    for (const auto& entry : table) {
      Case run(wet_hydrogen(), box({16}), {}, model, parallel::Communicator());
      fill_rows(run.grid, run.state.get(), entry.fill);
      run.evaluate();
      const double bound = run.transport.diffusion_bound();
      const double radius = spectral_radius(run);
      EXPECT_LT(radius, bound) << name_of(model) << ", " << entry.name;
      EXPECT_GT(radius, entry.closest * bound) << name_of(model) << ", " << entry.name;
    }
}

TEST(ScalarTransport, tells_every_rank_when_one_has_lost_its_state) {
  Case run(twin_gas(), box({16}), {});
  fill_rows(run.grid, run.state.get(), [](auto angle, auto row) {
    row[0] = angle[0] < 0.3 ? std::numeric_limits<double>::quiet_NaN() : 500.0;
    row[1] = row[2] = 0.5;
  });
  run.evaluate();
  EXPECT_THROW(run.transport.diffusion_bound(), core::RuntimeFailure);
}

TEST(ScalarTransport, gives_the_same_rates_on_any_number_of_ranks) {
  for (const auto model : models)
    for (const auto& cells : {Cells{17}, {9, 12}, {6, 5, 8}})
      for (const auto boundary : {grid::Boundary::periodic, grid::Boundary::wall}) {
        const PrescribedOptions flow = cells.size() == 1 ? PrescribedOptions{} : moving(cells.size());
        Case together(wet_hydrogen(), box(cells, boundary), flow, model);
        Case alone(wet_hydrogen(), box(cells, boundary), flow, model, parallel::Communicator());
        for (Case* run : {&together, &alone}) {
          fill_rows(run->grid, run->state.get(), rough_row);
          run->evaluate();
        }
        EXPECT_EQ(gather(together.grid, together.rate.get()), gather(alone.grid, alone.rate.get())) << name_of(model);
      }
}

}  // namespace
}  // namespace bimetal::flow
