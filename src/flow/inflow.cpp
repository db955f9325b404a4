#include "flow/inflow.hpp"

#include "chemistry/mixture.hpp"

namespace bimetal::flow {

InflowProfile inflow_profile(const InflowOptions& options, const grid::StructuredGrid& grid, int axis, int end) {
  const double into = end == 0 ? options.velocity : -options.velocity;
  if (options.profile == Profile::uniform) return [into](const Position&) { return into; };
  std::vector<int> across;
  for (int other = 0; other < grid.extents().dimensions; ++other)
    if (other != axis && !grid.periodic(other)) across.push_back(other);
  return [into, across, lower = grid.extents().lower, upper = grid.extents().upper](const Position& x) {
    double u = into;
    for (const int other : across) {
      const auto b = static_cast<std::size_t>(other);
      const double s = (x[b] - lower[b]) / (upper[b] - lower[b]);
      u *= 6.0 * s * (1.0 - s);
    }
    return u;
  };
}

std::vector<double> inflow_gas(const InflowOptions& options, const chemistry::Mechanism& mechanism) {
  std::vector<double> row{options.temperature};
  const auto Y = chemistry::reactant_mixture(mechanism, options.reactants, options.equivalence_ratio);
  row.insert(row.end(), Y.begin(), Y.end());
  return row;
}

}  // namespace bimetal::flow
