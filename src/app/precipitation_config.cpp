#include "app/precipitation_config.hpp"

#include "app/precipitation.hpp"
#include "app/run_config.hpp"

namespace bimetal::app {
namespace {

using config::Range;
using config::Section;

void read_macro(Section section, const grid::GridOptions& grid, diffusion::DiffusionOptions& macro) {
  macro.initial = section.number("initial", Range::any(), macro.initial);
  macro.storage = section.number("storage", Range::positive(), macro.storage);
  macro.grain_storage = section.number("grain_storage", Range::positive(), macro.grain_storage);
  if (section.has("sink")) {
    auto sink = section.section("sink");
    macro.sink.length = sink.number("length", Range::positive());
    for (std::size_t axis = 0; axis < 2; ++axis) {
      if (grid.boundary[axis] == grid::Boundary::periodic)
        sink.refuse("length", "needs ends: both axes must be insulated, not periodic");
      if (macro.sink.length < 0.5 * (grid.upper[axis] - grid.lower[axis]) / static_cast<double>(grid.cells[axis]))
        sink.refuse("length", "must reach the centre of the cell in the corner");
    }
    macro.sink.value = sink.number("value", Range::any(), 0.0);
    sink.finish();
  }
  macro.tolerance = section.number("tolerance", Range{0.0, 0.1, true}, macro.tolerance);
  macro.max_iterations =
      static_cast<int>(section.integer("max_iterations", Range::between(2, 1000), macro.max_iterations));
  section.finish();
}

void read_micro(Section section, PrecipitationConfig& config) {
  auto& cell = config.cell;
  auto& phase = cell.phase;
  cell.pixels = static_cast<int>(section.integer("pixels", Range::between(16, 256), cell.pixels));
  const auto axes = section.numbers("semi_axes", Range{0.0, 0.49, true}, {{config.macro.a, config.macro.b}});
  if (axes.size() != 2) section.refuse("semi_axes", "must have two entries, those along x and y");
  config.macro.a = axes[0];
  config.macro.b = axes[1];
  phase.width = section.number("interface_width", Range{0.0, 0.5, true}, phase.width);
  if (phase.width * cell.pixels < 2.0) section.refuse("interface_width", "must be at least two pixels");
  phase.diffusivity = section.number("interface_diffusivity", Range::positive(), phase.diffusivity);
  phase.rate = section.number("rate", Range::positive(), phase.rate);
  phase.equilibrium = section.number("equilibrium", Range::positive(), phase.equilibrium);
  cell.conductivity = section.number("conductivity", Range::positive(), cell.conductivity);
  cell.grain_conductivity = section.number("grain_conductivity", Range::at_least(0.0), cell.grain_conductivity);
  section.finish();
}

}  // namespace

std::shared_ptr<PhysicsConfig> read_precipitation(Section& root, const RunConfig& run) {
  auto config = std::make_shared<PrecipitationConfig>();
  if (run.grid.cells.size() != 2) root.section("grid").refuse("cells", "must have two entries");
  if (!run.time.step)
    root.section("time").refuse("step",
                                "must be given, not time.largest_step: nothing else limits a step of diffusion");
  read_macro(root.section("macro"), run.grid, config->macro);
  read_micro(root.section("micro"), *config);
  return config;
}

void PrecipitationConfig::settle(Section&, const RunConfig& run) { cell.dt = *run.time.step; }

std::unique_ptr<Physics> PrecipitationConfig::load(const RunConfig& config, const parallel::Communicator&) const {
  return std::make_unique<Precipitation>(config, *this);
}

}  // namespace bimetal::app
