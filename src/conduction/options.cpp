#include "conduction/options.hpp"

#include "core/error.hpp"

namespace bimetal::conduction {

ConductionOptions checked(ConductionOptions options, const grid::StructuredGrid& grid) {
  const int n = grid.extents().dimensions;
  if (std::ssize(options.ends) != n)
    throw core::UserError::format("Conduction has ends for {} axes, but the grid has {}; give two of each axis.",
                                  options.ends.size(), n);
  for (int axis = 0; axis < n; ++axis) {
    const char name = "xyz"[axis];
    const AxisEnds& ends = options.ends[static_cast<std::size_t>(axis)];
    if (!(grid_ends(ends) == grid.boundary(axis)))
      throw core::UserError::format(
          "Conduction and the grid differ in what the ends along {} are; give the grid those of grid_ends().", name);
    for (const End& end : ends)
      if (!(end.temperature > 0.0 && end.ramp >= 0.0))
        throw core::UserError::format(
            "An end along {} has a temperature of {} K and a ramp of {} s, but the former must be above 0, and the "
            "latter not below.",
            name, end.temperature, end.ramp);
  }
  if (!(options.heat_capacity > 0.0 && options.temperature_range > 0.0 && options.newton_tolerance > 0.0 &&
        options.max_iterations >= 1))
    throw core::UserError::format(
        "Conduction has a heat capacity of {} J/m^3/K, a temperature range of {} K, a tolerance of {} and at most {} "
        "iterations, but all must be above 0.",
        options.heat_capacity, options.temperature_range, options.newton_tolerance, options.max_iterations);
  return options;
}

}  // namespace bimetal::conduction
