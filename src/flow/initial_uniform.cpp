#include <algorithm>
#include <cmath>
#include <numbers>

#include "chemistry/mixture.hpp"
#include "core/error.hpp"
#include "flow/initial.hpp"
#include "flow/initial_box.hpp"
#include "flow/initial_second_gas.hpp"

namespace bimetal::flow {
namespace {

void check(const InitialOptions& options) {
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

}  // namespace

InitialCondition uniform(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                         const grid::StructuredGrid& grid) {
  check(options);
  static_cast<void>(
      chemistry::reactant_mixture(mechanism, options.reactants(), options.equivalence_ratio));  // fails early
  const Box box(grid);
  return [options, mechanism, box, share_of_second = second_gas_share(options.second_gas, box)](
             const Position& x, std::span<double> row) {
    double wave = 1.0;
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(box.dimensions); ++axis)
      wave *= std::cos(2.0 * std::numbers::pi * options.waves * (x[axis] - box.lower[axis]) / box.length[axis]);
    double phi = std::max(0.0, options.equivalence_ratio + options.stratification * wave);
    row[0] = options.temperature;

    const double share = share_of_second(x);
    phi += share * (options.second_gas.equivalence_ratio - phi);
    row[0] += share * (options.second_gas.temperature - row[0]);
    std::ranges::copy(chemistry::reactant_mixture(mechanism, options.reactants(), phi), row.begin() + 1);
  };
}

}  // namespace bimetal::flow
