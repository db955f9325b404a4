#include <algorithm>
#include <cmath>

#include "chemistry/mixture.hpp"
#include "core/error.hpp"
#include "flow/initial.hpp"
#include "flow/initial_box.hpp"
#include "subproblem/burnt_gas.hpp"

namespace bimetal::flow {
namespace {

constexpr double least_rise = 100.0;  // of temperature, to be called a flame [K]

double front_position(const InitialOptions& options, const Box& box) {
  const double position = options.front_position.value_or(box.middle(0));
  if (!box.holds(0, position))
    throw core::UserError::format("The flame front lies at {} m along x, outside the grid ({} m to {} m).", position,
                                  box.lower[0], box.upper(0));
  return position;
}

void check(const InitialOptions& options, const Box& box) {
  if (box.periodic[0])
    throw core::UserError::format(
        "The x axis is periodic, so a flame front's burnt gas would meet its unburnt gas "
        "there; choose other ends, such as inflow and outflow.");
  if (!(options.front_thickness > 0.0))
    throw core::UserError::format("The flame front's thickness is {} m, but must be positive.",
                                  options.front_thickness);
}

}  // namespace

InitialCondition flame_front(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                             const grid::StructuredGrid& grid) {
  const Box box(grid);
  check(options, box);
  const double position = front_position(options, box);
  const auto Y = chemistry::reactant_mixture(mechanism, options.reactants(), options.equivalence_ratio);
  std::vector<double> unburnt{options.temperature};
  unburnt.insert(unburnt.end(), Y.begin(), Y.end());
  auto burnt = subproblem::burnt_gas(mechanism, options.temperature, options.pressure, Y);
  if (!(burnt[0] - unburnt[0] >= least_rise))
    throw core::UserError::format(
        "Burning {} at an equivalence ratio of {} heats the gas from {} K to {:.1f} K only, "
        "which makes no flame front; choose a ratio nearer to 1.",
        options.reactants().text(), options.equivalence_ratio, unburnt[0], burnt[0]);
  return [position, steepness = 2.0 / options.front_thickness, unburnt = std::move(unburnt),
          burnt = std::move(burnt)](const Position& x, std::span<double> row) {
    const double progress = 0.5 * (1.0 + std::tanh(steepness * (x[0] - position)));
    for (std::size_t c = 0; c < burnt.size(); ++c) row[c] = (1.0 - progress) * unburnt[c] + progress * burnt[c];
  };
}

}  // namespace bimetal::flow
