#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "../flow/fields.hpp"
#include "conduction/heat_conduction.hpp"
#include "power_law.hpp"

namespace bimetal::testing {

/// A known solution of two-scale conduction in the unit box, made by the heat that is released in it:
/// T = 300 K + 30 K (1 + swing sin 4t) times a wave along every axis that suits its ends. The microstructure is
/// turned by an angle that vanishes at insulated ends, so that no heat flows through them; elsewhere the tensor is
/// full.
struct Manufactured {
  PowerLaw law;
  std::vector<conduction::Thermal> ends;  // of both ends of each axis
  double swing = 0.0;

  static constexpr double pi = std::numbers::pi;

  /// Value and derivative of the wave along an axis.
  std::array<double, 2> wave(std::size_t axis, double x) const {
    switch (ends[axis]) {
      case conduction::Thermal::periodic: return {1.0 + 0.5 * std::sin(2 * pi * x), pi * std::cos(2 * pi * x)};
      case conduction::Thermal::insulated: return {std::cos(pi * x), -pi * std::sin(pi * x)};
      default: return {std::sin(pi * x), pi * std::cos(pi * x)};
    }
  }
  double amplitude(double time) const { return 30.0 * (1.0 + swing * std::sin(4.0 * time)); }
  double temperature(const std::array<double, 3>& x, double time) const {
    double product = amplitude(time);
    for (std::size_t axis = 0; axis < ends.size(); ++axis) product *= wave(axis, x[axis])[0];
    return 300.0 + product;
  }
  conduction::Microstructure microstructure(const std::array<double, 3>& x) const {
    double angle = 0.6;
    for (std::size_t axis = 0; axis < ends.size(); ++axis)
      if (ends[axis] == conduction::Thermal::insulated) angle *= std::sin(pi * x[axis]);
    return {.fraction = 0.6 + (ends[0] == conduction::Thermal::periodic ? 0.1 * std::cos(2 * pi * x[0]) : 0.1 * x[0]),
            .angle = angle};
  }
  std::array<double, 3> flux(const std::array<double, 3>& x, double time) const {
    std::array<double, 6> row{temperature(x, time)};
    for (std::size_t axis = 0; axis < ends.size(); ++axis) {
      row[1 + axis] = amplitude(time);
      for (std::size_t other = 0; other < ends.size(); ++other)
        row[1 + axis] *= wave(other, x[other])[other == axis ? 1 : 0];
    }
    row[1 + ends.size()] = microstructure(x).fraction;
    row[2 + ends.size()] = microstructure(x).angle;
    std::array<double, 3> result{};
    law.conduct(row, result);
    return result;
  }
  /// c dT/dt + div q, the latter by differences of fourth order.
  double source(const std::array<double, 3>& x, double time, double heat_capacity) const {
    constexpr double step = 1e-3;
    double sum =
        heat_capacity * (temperature(x, time) - 300.0) / amplitude(time) * 30.0 * swing * 4.0 * std::cos(4.0 * time);
    for (std::size_t axis = 0; axis < ends.size(); ++axis) {
      const auto at = [&](double shift) {
        auto y = x;
        y[axis] += shift;
        return flux(y, time)[axis];
      };
      sum += (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step);
    }
    return sum;
  }

  conduction::ConductionOptions options() const {
    conduction::ConductionOptions options;
    options.heat_capacity = 1.0;
    options.temperature_range = 60.0;
    for (const auto kind : ends)
      options.ends.push_back({conduction::End{.kind = kind}, conduction::End{.kind = kind}});
    options.source = [*this](const std::array<double, 3>& x, double time) { return source(x, time, 1.0); };
    return options;
  }
  grid::GridOptions box(std::int64_t n) const {
    auto result = testing::box(std::vector<std::int64_t>(ends.size(), n), grid::Boundary::periodic, 1.0);
    const auto conduction = options();
    for (std::size_t axis = 0; axis < ends.size(); ++axis)
      result.boundary[axis] = conduction::grid_ends(conduction.ends[axis]);
    return result;
  }
};

/// A conduction problem with all that it needs, at the manufactured solution of time 0.
struct Body {
  Manufactured exact;
  PowerLawSolver solver;
  grid::StructuredGrid grid;
  conduction::HeatConduction conduction;

  Body(const Manufactured& solution, std::int64_t n, const conduction::ConductionOptions& options,
       const parallel::Communicator& comm = world(), bool with_source = true)
      : exact(solution),
        solver(solution.law),
        grid(solution.box(n), 1, comm),
        conduction(
            grid, options, [solution](const std::array<double, 3>& x) { return solution.microstructure(x); }, solver,
            solver, with_source ? &solver : nullptr) {
    conduction.initialise([&](const std::array<double, 3>& x) { return exact.temperature(x, 0.0); });
  }

  std::vector<double> field() const { return gather(grid, conduction.state().rows()); }
  /// Largest error and root mean square error [K]. Collective.
  std::array<double, 2> errors() const {
    double largest = 0.0, squares = 0.0;
    const auto& e = grid.extents();
    const auto values = field();
    for (std::int64_t id = 0; id < e.n_cells(); ++id) {
      const std::array<double, 3> x{e.centre(0, id % e.cells[0]), e.centre(1, id / e.cells[0] % e.cells[1]),
                                    e.centre(2, id / (e.cells[0] * e.cells[1]))};
      const double error = values[static_cast<std::size_t>(id)] - exact.temperature(x, conduction.time());
      largest = std::max(largest, std::abs(error));
      squares += error * error;
    }
    return {largest, std::sqrt(squares / static_cast<double>(e.n_cells()))};
  }
};

}  // namespace bimetal::testing
