#include "app/two_scale.hpp"

#include <algorithm>

#include "app/run_config.hpp"
#include "app/two_scale_pde.hpp"

namespace bimetal::app {
namespace {

using homogenisation::ConductionCell;
using homogenisation::ConductionCellSolver;

/// The range of temperatures over the box's longest side.
double typical_gradient(const RunConfig& run, const TwoScaleConfig& config) {
  double length = 0.0;
  for (std::size_t axis = 0; axis < run.grid.cells.size(); ++axis)
    length = std::max(length, run.grid.upper[axis] - run.grid.lower[axis]);
  return config.macro.temperature_range / length;
}

/// The conductivity along the typical gradient of the mean microstructure, as the reference solver says.
double typical_conductivity(const homogenisation::ConductionCellOptions& options, const TwoScaleConfig& config) {
  ConductionCellSolver solver{ConductionCell(options)};
  const auto& rows = solver.kind().rows();
  std::vector<double> in(rows.n_in()), out(static_cast<std::size_t>(options.dimensions));
  rows.pose({.T = config.initial_temperature + 0.5 * config.macro.temperature_range,
             .gradient = {options.gradient_scale, 0.0, 0.0},
             .fraction = config.fraction.mean,
             .angle = config.angle.mean},
            in);
  const std::int64_t id = 0;
  subproblem::Batch batch{
      .in = {in.data(), 1, std::ssize(in)}, .out = {out.data(), 1, std::ssize(out)}, .id = {&id, 1}};
  const auto report = solver.solve(batch);
  VALIDATE(report.failures.empty(), "physics cannot solve the mean cell at the mean gradient: {}",
           report.failures.front().reason);
  return out[0];
}

}  // namespace

TwoScaleConduction::TwoScaleConduction(const RunConfig& run, const TwoScaleConfig& config)
    : run_(&run), config_(&config), cell_(config.cell) {
  cell_.gradient_scale = typical_gradient(run, config);
  cell_.temperature_scale = config.macro.temperature_range;
  cell_.conductivity_scale.fill(typical_conductivity(cell_, config));
  const auto n = static_cast<std::size_t>(cell_.dimensions);
  const std::array<std::string, 3> names{"k_along", "k_across", "k_fibre"};
  library::apply_scales(run, std::span(names).first(n), std::span(cell_.conductivity_scale).first(n));
}

std::unique_ptr<ConductionCellSolver> TwoScaleConduction::make_cell_solver() const {
  return std::make_unique<ConductionCellSolver>(ConductionCell(cell_), config_->solver);
}

/// State, faces with their rows, fluxes, tangents and provenance.
double TwoScaleConduction::bytes_per_cell() const {
  const double d = config_->cell.dimensions;
  return sizeof(double) * (20.0 + d * (8.0 * (2.0 + d) + 4.0));
}

std::unique_ptr<Pde> TwoScaleConduction::make_pde(const grid::StructuredGrid& grid,
                                                  subproblem::SubproblemSolver& solver) const {
  return std::make_unique<TwoScalePde>(*run_, *config_, make_cell_solver(), grid, solver);
}

}  // namespace bimetal::app
