#include "app/two_scale_config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/run_config.hpp"
#include "app/two_scale.hpp"

namespace bimetal::app {
namespace {

using conduction::Thermal;
using config::Range;
using config::Section;

constexpr std::pair<const char*, homogenisation::Shape> shapes[] = {{"ellipse", homogenisation::Shape::ellipse},
                                                                    {"laminate", homogenisation::Shape::laminate}};
constexpr Range temperatures{1.0, 1e5};
constexpr Range rtol_range{1e-10, 0.1};

/// One number for each axis of the grid.
std::array<double, 3> read_vector(Section& section, const std::string& key, Range range, std::size_t n,
                                  const std::vector<double>& fallback) {
  const auto given = section.numbers(key, range, fallback);
  if (given.size() != n) section.refuse(key, "must have as many entries as grid.cells");
  std::array<double, 3> vector{};
  std::copy(given.begin(), given.end(), vector.begin());
  return vector;
}

/// What heat finds at the ends of the grid, with the temperatures of those that are fixed.
std::vector<conduction::AxisEnds> read_ends(Section section, const grid::GridOptions& grid) {
  std::vector<conduction::AxisEnds> ends(grid.boundary.size());
  for (std::size_t axis = 0; axis < ends.size(); ++axis)
    for (std::size_t end = 0; end < 2; ++end) {
      auto& one = ends[axis][end];
      const auto boundary = grid.boundary[axis][end];
      one.kind = boundary == grid::Boundary::periodic ? Thermal::periodic
                 : boundary == grid::Boundary::wall   ? Thermal::insulated
                                                      : Thermal::fixed;
      if (one.kind != Thermal::fixed) continue;
      auto fixed = section.section(std::string(1, "xyz"[axis]) + (end == 0 ? "_lower" : "_upper"));
      one.temperature = fixed.number("temperature", temperatures);
      one.ramp = fixed.number("ramp", Range::at_least(0.0), 0.0);
      fixed.finish();
    }
  section.finish();
  return ends;
}

HeatSpot read_spot(Section section, std::size_t dimensions) {
  HeatSpot spot;
  spot.power = section.number("power", Range::any());
  spot.centre = read_vector(section, "centre", Range::any(), dimensions, {});
  spot.radius = section.number("radius", Range::positive());
  spot.off = section.number("off", Range::at_least(0.0), spot.off);
  section.finish();
  return spot;
}

void read_macro(Section section, const grid::GridOptions& grid, TwoScaleConfig& config) {
  auto& macro = config.macro;
  macro.heat_capacity = section.number("heat_capacity", Range::positive());
  config.initial_temperature = section.number("initial_temperature", temperatures);
  macro.ends = read_ends(section.section("ends"), grid);
  if (section.has("spot")) config.spot = read_spot(section.section("spot"), grid.cells.size());
  const auto [coldest, hottest] = [&] {
    std::pair<double, double> range{config.initial_temperature, config.initial_temperature};
    for (const auto& ends : macro.ends)
      for (const auto& end : ends)
        if (end.kind == Thermal::fixed)
          range = {std::min(range.first, end.temperature), std::max(range.second, end.temperature)};
    return range;
  }();
  const auto found = hottest > coldest ? std::optional(hottest - coldest) : std::nullopt;
  macro.temperature_range = section.number("temperature_range", Range::positive(), found);
  macro.time_order =
      section.choice<conduction::TimeOrder>("time_order", conduction::time_order_names, macro.time_order);
  macro.tangents = section.choice<conduction::Tangents>("tangents", conduction::tangents_names, macro.tangents);
  config.newton_tolerance = section.number_or_auto("newton_tolerance", Range{0.0, 1e-2, true});
  macro.max_iterations =
      static_cast<int>(section.integer("max_iterations", Range::between(1, 1000), macro.max_iterations));
  section.finish();
}

homogenisation::PhaseLaw read_phase(Section section) {
  homogenisation::PhaseLaw law;
  law.k = section.number("conductivity", Range::positive());
  law.temperature_exponent = section.number("temperature_exponent", Range::between(-5.0, 5.0), 0.0);
  law.p = section.number("power", Range::between(1.3, 4.0), law.p);
  if (law.p != 2.0) law.g0 = section.number("gradient", Range::positive());
  section.finish();
  return law;
}

Wave read_wave(Section section, Range range, std::size_t dimensions) {
  Wave wave;
  wave.mean = section.number("mean", range);
  wave.amplitude = section.number("amplitude", Range::at_least(0.0), wave.amplitude);
  wave.waves = read_vector(section, "waves", Range::any(), dimensions, std::vector<double>(dimensions, 0.0));
  for (const double extreme : {wave.mean - wave.amplitude, wave.mean + wave.amplitude})
    if (!range.contains(extreme))
      section.refuse("amplitude", fmt::format("takes the number to {:g}, which {}", extreme, range.describe()));
  section.finish();
  return wave;
}

void read_micro(Section section, const grid::GridOptions& grid, TwoScaleConfig& config) {
  auto& cell = config.cell;
  cell.dimensions = static_cast<int>(grid.cells.size());
  cell.pixels = static_cast<int>(section.integer("pixels", Range::between(8, 128), cell.pixels));
  cell.shape = section.choice<homogenisation::Shape>("shape", shapes, cell.shape);
  const bool ellipse = cell.shape == homogenisation::Shape::ellipse;
  if (ellipse) cell.aspect = section.number("aspect", Range::between(1.0, 20.0), cell.aspect);
  cell.matrix = read_phase(section.section("matrix"));
  cell.inclusion = read_phase(section.section("inclusion"));
  const double most = homogenisation::largest_fraction(cell.shape, cell.aspect);
  config.fraction = read_wave(section.section("fraction"), Range::between(0.0, most), grid.cells.size());
  if (ellipse) config.angle = read_wave(section.section("angle"), Range::any(), grid.cells.size());
  config.rtol = section.number_or_auto("rtol", rtol_range);
  section.finish();
}

}  // namespace

std::shared_ptr<PhysicsConfig> read_two_scale(Section& root, const RunConfig& run) {
  auto config = std::make_shared<TwoScaleConfig>();
  if (run.grid.cells.size() < 2) root.section("grid").refuse("cells", "must have two or three entries");
  if (!run.time.step)
    root.section("time").refuse("step",
                                "must be given, not time.largest_step: nothing else limits a step of conduction");
  read_macro(root.section("macro"), run.grid, *config);
  read_micro(root.section("micro"), run.grid, *config);
  return config;
}

/// Errors of the reference solver are to be small against the tolerance that answers are judged by.
void TwoScaleConfig::settle(Section& root, const RunConfig& run) {
  solver.rtol = rtol.value_or(std::clamp(run.hybrid.switching.tolerance / 10.0, rtol_range.min, rtol_range.max));
  macro.flux_error = solver.rtol;
  macro.newton_tolerance = newton_tolerance.value_or(std::min(0.1 * solver.rtol, 1e-2));
  if (!newton_tolerance)
    root.section("macro").remark("newton_tolerance",
                                 fmt::format("{:g}, a tenth of micro.rtol", macro.newton_tolerance));
  const std::string reason = rtol ? "given" : "a tenth of switching.tolerance";
  if (!rtol) root.section("micro").remark("rtol", fmt::format("{:g}, {}", solver.rtol, reason));
  accuracy = fmt::format("fluxes of cells of {0} x {0} pixels to rtol {1:g} ({2})", cell.pixels, solver.rtol, reason);
}

std::unique_ptr<Physics> TwoScaleConfig::load(const RunConfig& config, const parallel::Communicator&) const {
  return std::make_unique<TwoScaleConduction>(config, *this);
}

}  // namespace bimetal::app
