#include "app/precipitation_config.hpp"

#include "app/precipitation.hpp"
#include "app/run_config.hpp"

namespace bimetal::app {
namespace {

using config::depends;
using config::Keys;
using config::otherwise;
using config::Range;
using config::required;
using config::Section;
namespace type = config::type;

const diffusion::DiffusionOptions usual_macro;
const precipitation::GrainCellOptions usual_cell;
const precipitation::PhaseOptions& usual_phase = usual_cell.phase;

const Keys sink_keys{
    {"length", type::number, "1", Range::positive(), required("0.125"), "How far it reaches from the corner."},
    {"value", type::number, "1", Range::any(), otherwise(0.0), "u there."},
};

const Keys macro_keys{
    {"initial", type::number, "1", Range::any(), otherwise(usual_macro.initial), "u at the start."},
    {"storage", type::number, "1", Range::positive(), otherwise(usual_macro.storage), "Storage around the grains."},
    {"grain_storage", type::number, "1", Range::positive(), otherwise(usual_macro.grain_storage),
     "Storage of the grains."},
    {"sink",
     type::section(sink_keys),
     "",
     {},
     depends("none"),
     "Where u is given: the lower ends of x and y, as far as length from their corner."},
    {"tolerance", type::number, "1", Range{0.0, 0.1, true}, otherwise(usual_macro.tolerance),
     "Largest relative change of u, porosity and conductivities in the last iteration of a step."},
    {"max_iterations", type::integer, "", Range::between(2, 1000), otherwise(usual_macro.max_iterations),
     "Iterations of the two scales in a step, beyond which the run ends."},
};

const Keys micro_keys{
    {"pixels", type::integer, "", Range::between(16, 256), otherwise(usual_cell.pixels),
     "Pixels along each side of a cell."},
    {"semi_axes", type::numbers, "1", Range{0.0, 0.49, true},
     otherwise(std::vector<double>{usual_macro.a, usual_macro.b}),
     "Semi-axes of the grains at the start along x and y, relative to the side of a cell."},
    {"interface_width", type::number, "1", Range{0.0, 0.5, true}, otherwise(usual_phase.width),
     "Width of the profile across the border of a grain, relative to the side of a cell."},
    {"interface_diffusivity", type::number, "1", Range::positive(), otherwise(usual_phase.diffusivity),
     "Diffusivity of the phase field: how fast curved borders straighten."},
    {"rate", type::number, "1", Range::positive(), otherwise(usual_phase.rate), "Rate of dissolution."},
    {"equilibrium", type::number, "1", Range::positive(), otherwise(usual_phase.equilibrium),
     "u at which borders rest."},
    {"conductivity", type::number, "1", Range::positive(), otherwise(usual_cell.conductivity),
     "Conductivity around the grains."},
    {"grain_conductivity", type::number, "1", Range::at_least(0.0), otherwise(usual_cell.grain_conductivity),
     "Conductivity of the grains."},
};

const Keys keys{
    {"macro", type::section(macro_keys), "", {}, depends("all by default"), "Diffusion through the porous medium."},
    {"micro", type::section(micro_keys), "", {}, depends("all by default"), "The cells with their grains."},
};

void read_macro(Section section, const grid::GridOptions& grid, diffusion::DiffusionOptions& macro) {
  macro.initial = section.number("initial");
  macro.storage = section.number("storage");
  macro.grain_storage = section.number("grain_storage");
  if (section.has("sink")) {
    auto sink = section.section("sink");
    macro.sink.length = sink.number("length");
    for (std::size_t axis = 0; axis < 2; ++axis) {
      if (grid.boundary[axis] == grid::Boundary::periodic)
        sink.refuse("length", "needs ends: both axes must be insulated, not periodic");
      if (macro.sink.length < 0.5 * (grid.upper[axis] - grid.lower[axis]) / static_cast<double>(grid.cells[axis]))
        sink.refuse("length", "must reach the centre of the cell in the corner");
    }
    macro.sink.value = sink.number("value");
    sink.finish();
  }
  macro.tolerance = section.number("tolerance");
  macro.max_iterations = static_cast<int>(section.integer("max_iterations"));
  section.finish();
}

void read_micro(Section section, PrecipitationConfig& config) {
  auto& cell = config.cell;
  auto& phase = cell.phase;
  cell.pixels = static_cast<int>(section.integer("pixels"));
  const auto axes = section.numbers("semi_axes");
  if (axes.size() != 2) section.refuse("semi_axes", "must have two entries, those along x and y");
  config.macro.a = axes[0];
  config.macro.b = axes[1];
  phase.width = section.number("interface_width");
  if (phase.width * cell.pixels < 2.0) section.refuse("interface_width", "must be at least two pixels");
  phase.diffusivity = section.number("interface_diffusivity");
  phase.rate = section.number("rate");
  phase.equilibrium = section.number("equilibrium");
  cell.conductivity = section.number("conductivity");
  cell.grain_conductivity = section.number("grain_conductivity");
  section.finish();
}

}  // namespace

const Keys& precipitation_keys() { return keys; }

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
