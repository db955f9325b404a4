#include "chemistry/mixture.hpp"
#include "core/error.hpp"
#include "flow/initial.hpp"
#include "flow/initial_ball.hpp"
#include "subproblem/burnt_gas.hpp"

namespace bimetal::flow {
namespace {

void check(const InitialOptions& options) {
  if (!(options.kernel_temperature > 0.0))
    throw core::UserError::format("The kernel's temperature is {} K, but must be positive.",
                                  options.kernel_temperature);
}

}  // namespace

InitialCondition ignition_kernel(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                                 const grid::StructuredGrid& grid) {
  check(options);
  const Ball ball("kernel", Box(grid), options.kernel_centre, options.kernel_radius, options.kernel_thickness);
  std::vector<double> burnt;
  if (options.kernel_gas == KernelGas::burnt)
    burnt =
        subproblem::burnt_gas(mechanism, options.temperature, options.pressure,
                              chemistry::reactant_mixture(mechanism, options.reactants(), options.equivalence_ratio));
  return [ball, burnt, hot = options.kernel_temperature, gas = uniform(options, mechanism, grid)](
             const Position& x, std::span<double> row) {
    gas(x, row);
    const double share = ball.share(x);
    if (burnt.empty()) {
      row[0] += share * (hot - row[0]);
    } else {
      for (std::size_t c = 0; c < row.size(); ++c) row[c] += share * (burnt[c] - row[c]);
    }
  };
}

}  // namespace bimetal::flow
