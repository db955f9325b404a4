#include "flow/initial.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "chemistry/mixture.hpp"
#include "core/error.hpp"

namespace bimetal::flow {
namespace {

/// The box an initial condition fills; a copy, so that nothing outlives its owner.
struct Box {
  int dimensions;
  Position lower, length;
  std::array<bool, 3> periodic;

  explicit Box(const grid::StructuredGrid& grid)
      : dimensions(grid.extents().dimensions), lower(grid.extents().lower) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      length[axis] = grid.extents().upper[axis] - lower[axis];
      periodic[axis] = grid.boundary(static_cast<int>(axis)) == grid::Boundary::periodic;
    }
  }

  double distance(const Position& a, const Position& b) const {
    double squared = 0.0;
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(dimensions); ++axis) {
      double along = std::abs(a[axis] - b[axis]);
      if (periodic[axis]) along = std::min(along, length[axis] - along);
      squared += along * along;
    }
    return std::sqrt(squared);
  }
};

void check_mixture(const InitialOptions& options) {
  if (!(options.equivalence_ratio >= 0.0))
    throw core::UserError::format("The equivalence ratio is {}, but must not be negative.",
                                  options.equivalence_ratio);
  if (!(std::abs(options.stratification) <= options.equivalence_ratio))
    throw core::UserError::format(
        "The stratification of {} would make the mean equivalence ratio of {} negative in places; choose it smaller.",
        options.stratification, options.equivalence_ratio);
  if (!(options.temperature > 0.0))
    throw core::UserError::format("The initial temperature is {} K, but must be positive.", options.temperature);
}

Position kernel_centre(const InitialOptions& options, const Box& box) {
  Position centre{};
  for (std::size_t axis = 0; axis < 3; ++axis) centre[axis] = box.lower[axis] + 0.5 * box.length[axis];
  if (options.kernel_centre.empty()) return centre;
  if (options.kernel_centre.size() != static_cast<std::size_t>(box.dimensions))
    throw core::UserError::format("The kernel's centre has {} coordinates, but the grid has {} axes; give one each.",
                                  options.kernel_centre.size(), box.dimensions);
  std::ranges::copy(options.kernel_centre, centre.begin());
  for (std::size_t axis = 0; axis < options.kernel_centre.size(); ++axis)
    if (!(centre[axis] >= box.lower[axis] && centre[axis] <= box.lower[axis] + box.length[axis]))
      throw core::UserError::format("The kernel's centre lies at {} m along {}, outside the grid ({} m to {} m).",
                                    centre[axis], "xyz"[axis], box.lower[axis], box.lower[axis] + box.length[axis]);
  return centre;
}

void check_kernel(const InitialOptions& options) {
  if (!(options.kernel_temperature > 0.0))
    throw core::UserError::format("The kernel's temperature is {} K, but must be positive.",
                                  options.kernel_temperature);
  if (!(options.kernel_radius > 0.0 && options.kernel_thickness > 0.0))
    throw core::UserError::format("The kernel's radius of {} m and thickness of {} m must both be positive.",
                                  options.kernel_radius, options.kernel_thickness);
}

}  // namespace

InitialCondition uniform(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                         const grid::StructuredGrid& grid) {
  check_mixture(options);
  static_cast<void>(chemistry::fuel_air_mixture(mechanism, options.fuel, options.equivalence_ratio));  // fails early
  return [options, mechanism, box = Box(grid)](const Position& x, std::span<double> row) {
    double wave = 1.0;
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(box.dimensions); ++axis)
      wave *= std::cos(2.0 * std::numbers::pi * options.waves * (x[axis] - box.lower[axis]) / box.length[axis]);
    const double phi = std::max(0.0, options.equivalence_ratio + options.stratification * wave);
    row[0] = options.temperature;
    std::ranges::copy(chemistry::fuel_air_mixture(mechanism, options.fuel, phi), row.begin() + 1);
  };
}

InitialCondition ignition_kernel(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                                 const grid::StructuredGrid& grid) {
  check_kernel(options);
  const Box box(grid);
  return [options, box, centre = kernel_centre(options, box), gas = uniform(options, mechanism, grid)](
             const Position& x, std::span<double> row) {
    gas(x, row);
    const double r = box.distance(x, centre);
    const double share = 0.5 * (1.0 - std::tanh((r - options.kernel_radius) / options.kernel_thickness));
    row[0] += (options.kernel_temperature - options.temperature) * share;
  };
}

}  // namespace bimetal::flow
