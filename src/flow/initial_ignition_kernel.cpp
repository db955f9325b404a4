#include <algorithm>
#include <cmath>

#include "chemistry/mixture.hpp"
#include "core/error.hpp"
#include "flow/initial.hpp"
#include "flow/initial_box.hpp"
#include "subproblem/burnt_gas.hpp"

namespace bimetal::flow {
namespace {

Position kernel_centre(const InitialOptions& options, const Box& box) {
  Position centre{box.middle(0), box.middle(1), box.middle(2)};
  if (options.kernel_centre.empty()) return centre;
  if (options.kernel_centre.size() != static_cast<std::size_t>(box.dimensions))
    throw core::UserError::format("The kernel's centre has {} coordinates, but the grid has {} axes; give one each.",
                                  options.kernel_centre.size(), box.dimensions);
  std::ranges::copy(options.kernel_centre, centre.begin());
  for (std::size_t axis = 0; axis < options.kernel_centre.size(); ++axis)
    if (!box.holds(axis, centre[axis]))
      throw core::UserError::format("The kernel's centre lies at {} m along {}, outside the grid ({} m to {} m).",
                                    centre[axis], "xyz"[axis], box.lower[axis], box.upper(axis));
  return centre;
}

void check(const InitialOptions& options) {
  if (!(options.kernel_temperature > 0.0))
    throw core::UserError::format("The kernel's temperature is {} K, but must be positive.",
                                  options.kernel_temperature);
  if (!(options.kernel_radius > 0.0 && options.kernel_thickness > 0.0))
    throw core::UserError::format("The kernel's radius of {} m and thickness of {} m must both be positive.",
                                  options.kernel_radius, options.kernel_thickness);
}

}  // namespace

InitialCondition ignition_kernel(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                                 const grid::StructuredGrid& grid) {
  check(options);
  const Box box(grid);
  std::vector<double> burnt;
  if (options.kernel_gas == KernelGas::burnt)
    burnt = subproblem::burnt_gas(mechanism, options.temperature, options.pressure,
                                  chemistry::fuel_air_mixture(mechanism, options.fuel, options.equivalence_ratio));
  return [options, box, burnt, centre = kernel_centre(options, box), gas = uniform(options, mechanism, grid)](
             const Position& x, std::span<double> row) {
    gas(x, row);
    const double r = box.distance(x, centre);
    const double share = 0.5 * (1.0 - std::tanh((r - options.kernel_radius) / options.kernel_thickness));
    if (burnt.empty()) {
      row[0] += (options.kernel_temperature - options.temperature) * share;
    } else {
      for (std::size_t c = 0; c < row.size(); ++c) row[c] += share * (burnt[c] - row[c]);
    }
  };
}

}  // namespace bimetal::flow
