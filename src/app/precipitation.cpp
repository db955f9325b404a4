#include "app/precipitation.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "app/precipitation_pde.hpp"
#include "app/run_config.hpp"

namespace bimetal::app {

using precipitation::GrainCell;
using precipitation::GrainCellSolver;

/// Errors are measured by what a step does to a fresh grain at u = 0, and by its conductivity.
Precipitation::Precipitation(const RunConfig& run, const PrecipitationConfig& config)
    : run_(&run), config_(&config), cell_(config.cell) {
  const double a = config.macro.a, b = config.macro.b;
  GrainCellSolver solver(cell_);
  std::vector<double> grain(static_cast<std::size_t>(solver.kind().signature().memory));
  const double dissolved = 2.0 * std::numbers::pi * std::sqrt(a * b) * cell_.phase.rate * cell_.dt;
  const auto start = solver.begin(a, b, grain);
  const double interface = start[GrainCell::new_interface], conductivity = start[GrainCell::K_xx];
  const std::array<std::string, GrainCell::n_out> names{"porosity", "elongation", "interface", "K_xx", "K_yy"};
  std::array<double, GrainCell::n_out> scales{dissolved, dissolved, interface, conductivity, conductivity};
  library::apply_scales(run, names, scales);
  if (const double range = std::abs(config.macro.initial - config.macro.sink.value); range > 0.0)
    cell_.potential_scale = range;
  cell_.porosity_scale = scales[0];
  cell_.elongation_scale = scales[1];
  cell_.interface_scale = scales[2];
  cell_.conductivity_scale = {scales[3], scales[4]};
}

std::unique_ptr<subproblem::SubproblemSolver> Precipitation::make_reference() const {
  return std::make_unique<GrainCellSolver>(cell_);
}

std::string Precipitation::accuracy() const {
  return fmt::format("phase fields of {0} x {0} pixels, implicit Euler", cell_.pixels);
}

/// State and rows; the phase fields before and after a step, copied for physics and again for the balancer.
double Precipitation::bytes_per_cell() const {
  return sizeof(double) * (30.0 + 6.0 * cell_.pixels * static_cast<double>(cell_.pixels));
}

std::unique_ptr<Pde> Precipitation::make_pde(const grid::StructuredGrid& grid,
                                             subproblem::SubproblemSolver& solver) const {
  return std::make_unique<PrecipitationPde>(*run_, config_->macro, cell_, grid, solver);
}

}  // namespace bimetal::app
