#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "grid/structured_grid.hpp"

namespace bimetal::flow {

using Position = std::array<double, 3>;  // centre of a cell [m]

/// The state at a place: fills `row` with T [K], Y_1..Y_N. A pure function of the position.
using InitialCondition = std::function<void(const Position&, std::span<double> row)>;

struct InitialOptions {
  // The gas: fuel and air at one temperature.
  std::string fuel = "H2";         // species name
  double equivalence_ratio = 0.7;  // mean over the box [1], >= 0
  double stratification = 0.0;     // amplitude of the equivalence ratio's waves [1], at most its mean
  int waves = 1;                   // of the stratification along every axis
  double temperature = 300.0;      // [K]
  // The kernel: a hot ball of the same local mixture.
  double kernel_temperature = 1500.0;  // at its centre [K]
  std::vector<double> kernel_centre;   // [m], one number an axis; empty: the middle of the box
  double kernel_radius = 1e-3;         // where half of the excess temperature is left [m]
  double kernel_thickness = 2e-4;      // of its edge, the length in a tanh [m]
};

/// Makes an initial condition. UserError if the options do not fit the mechanism or the grid. Local, the same on
/// every rank; the result does not refer to the arguments any more.
using InitialFactory = InitialCondition (*)(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                                            const grid::StructuredGrid& grid);

/// Fuel and air at equivalence ratio phi(x) = mean + amplitude · product over the axes of cos(2 pi waves x / L), the
/// same temperature everywhere. With stratification 0 it is uniform.
InitialCondition uniform(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                         const grid::StructuredGrid& grid);

/// The same gas with one hot kernel; on periodic axes distances go the shorter way round.
InitialCondition ignition_kernel(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                                 const grid::StructuredGrid& grid);

/// Names in the input; a new initial condition is one line here and its function.
inline constexpr std::array<std::pair<const char*, InitialFactory>, 2> initial_names{
    {{"uniform", uniform}, {"ignition_kernel", ignition_kernel}}};

}  // namespace bimetal::flow
