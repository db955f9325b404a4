#include "app/two_scale_config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/grid_config.hpp"
#include "app/run_config.hpp"
#include "app/two_scale.hpp"

namespace bimetal::app {
namespace {

using conduction::Thermal;
using config::depends;
using config::Keys;
using config::name_of;
using config::otherwise;
using config::Range;
using config::required;
using config::Section;
namespace type = config::type;

constexpr std::pair<const char*, homogenisation::Shape> shapes[] = {{"ellipse", homogenisation::Shape::ellipse},
                                                                    {"laminate", homogenisation::Shape::laminate}};
constexpr Range temperatures{1.0, 1e5};
constexpr Range rtol_range{1e-10, 0.1};

const conduction::ConductionOptions usual_macro;
const homogenisation::ConductionCellOptions usual_cell;

const Keys fixed_end_keys{
    {"temperature", type::number, "K", temperatures, required("600"), "Temperature of the end."},
    {"ramp", type::number, "s", Range::at_least(0.0), otherwise(0.0),
     "Time within which it gets there, linearly from the initial temperature."},
};
const Keys ends_keys{
    {end_names,
     type::section(fixed_end_keys),
     "",
     {},
     depends("required of an end that grid.boundary calls fixed"),
     "The end."},
};
const Keys spot_keys{
    {"power", type::number, "W/m^3", Range::any(), required("1e6"), "Power in its middle; it falls as a Gaussian."},
    {"centre", type::numbers, "m", Range::any(), required("[0.05, 0.05]"), "Its middle."},
    {"radius", type::number, "m", Range::positive(), required("0.01"), "Where a part 1/e of the power is left."},
    {"off", type::number, "s", Range::at_least(0.0), otherwise(HeatSpot{}.off),
     "Time at which it is switched off; 0: never."},
};
const Keys macro_keys{
    {"heat_capacity", type::number, "J/m^3/K", Range::positive(), required("2.0e6"), "Heat capacity of a volume."},
    {"initial_temperature", type::number, "K", temperatures, required("300"), "Temperature at the start."},
    {"ends", type::section(ends_keys), "", {}, depends("none"), "Temperatures of the fixed ends."},
    {"spot", type::section(spot_keys), "", {}, depends("none"), "A spot that is heated."},
    {"temperature_range", type::number, "K", Range::positive(),
     required("300", "unless the ends have other temperatures than the start: then their range"),
     "What temperatures differ by, the scale of tolerances."},
    {"time_order",
     type::choice(conduction::time_order_names),
     "",
     {},
     otherwise(name_of(conduction::time_order_names, usual_macro.time_order)),
     "Order of the scheme in time: implicit Euler (first) or BDF2 (second)."},
    {"tangents",
     type::choice(conduction::tangents_names),
     "",
     {},
     otherwise(name_of(conduction::tangents_names, usual_macro.tangents)),
     "Where Newton's method has the derivatives of fluxes from: the fluxes seen (secant) or linearised cell problems "
     "(exact)."},
    {"newton_tolerance", type::number_or_auto, "1", Range{0.0, 1e-2, true},
     otherwise("auto", "a tenth of micro.rtol"),
     "Largest residual of Newton's method, as a part of the temperature range."},
    {"max_iterations", type::integer, "", Range::between(1, 1000), otherwise(usual_macro.max_iterations),
     "Iterations of Newton's method in a step, beyond which the run ends."},
};
const Keys phase_keys{
    {"conductivity", type::number, "W/m/K", Range::positive(), required("1.0"),
     "Conductivity at 300 K and small gradients."},
    {"temperature_exponent", type::number, "1", Range::between(-5.0, 5.0), otherwise(0.0),
     "Exponent n of the conductivity's factor (T/300 K)^n."},
    {"power", type::number, "1", Range::between(1.3, 4.0), otherwise(usual_cell.matrix.p),
     "Exponent p of the law (1 + |grad T|^2/gradient^2)^((p-2)/2); 2 is Fourier's."},
    {"gradient", type::number, "K/m", Range::positive(), depends("must be given unless power is 2"),
     "Gradient at which the power sets in."},
};
const Keys fraction_keys{
    {"mean", type::number, "1", Range::between(0.0, 1.0), required("0.25"), "Mean over the body."},
    {"amplitude", type::number, "1", Range::at_least(0.0), otherwise(Wave{}.amplitude), "Amplitude of its wave."},
    {"waves", type::numbers, "1", Range::any(), depends("0 on every axis"), "Waves over the length of each axis."},
};
const Keys angle_keys{
    {"mean", type::number, "rad", Range::any(), required("0.6"), "Mean over the body."},
    {"amplitude", type::number, "rad", Range::at_least(0.0), otherwise(Wave{}.amplitude), "Amplitude of its wave."},
    {"waves", type::numbers, "1", Range::any(), depends("0 on every axis"), "Waves over the length of each axis."},
};
const Keys micro_keys{
    {"pixels", type::integer, "", Range::between(8, 128), otherwise(usual_cell.pixels),
     "Pixels along each side of a cell."},
    {"shape", type::choice(shapes), "", {}, otherwise(name_of(shapes, usual_cell.shape)), "Shape of the inclusions."},
    {"aspect", type::number, "1", Range::between(1.0, 20.0), otherwise(usual_cell.aspect),
     "Long over short axis of an ellipse."},
    {"matrix", type::section(phase_keys), "", {}, required(""), "How the matrix conducts."},
    {"inclusion", type::section(phase_keys), "", {}, required(""), "How the inclusions conduct."},
    {"fraction", type::section(fraction_keys), "", {}, required(""), "Volume fraction of the inclusions."},
    {"angle", type::section(angle_keys), "", {}, required("", "of ellipses"), "Angle of their long axis to x."},
    {"rtol", type::number_or_auto, "1", rtol_range, otherwise("auto", "a tenth of switching.tolerance"),
     "Relative tolerance of the fluxes of a cell."},
};
const Keys keys{
    {"macro", type::section(macro_keys), "", {}, required(""), "Conduction through the body."},
    {"micro", type::section(micro_keys), "", {}, required(""), "The periodic cells of two phases under its faces."},
};

/// One number for each axis of the grid.
std::array<double, 3> read_vector(Section& section, const std::string& key, std::size_t n,
                                  std::optional<std::vector<double>> fallback = {}) {
  const auto given = section.numbers(key, std::move(fallback));
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
      auto fixed = section.section(end_name(axis, end));
      one.temperature = fixed.number("temperature");
      one.ramp = fixed.number("ramp");
      fixed.finish();
    }
  section.finish();
  return ends;
}

HeatSpot read_spot(Section section, std::size_t dimensions) {
  HeatSpot spot;
  spot.power = section.number("power");
  spot.centre = read_vector(section, "centre", dimensions);
  spot.radius = section.number("radius");
  spot.off = section.number("off");
  section.finish();
  return spot;
}

void read_macro(Section section, const grid::GridOptions& grid, TwoScaleConfig& config) {
  auto& macro = config.macro;
  macro.heat_capacity = section.number("heat_capacity");
  config.initial_temperature = section.number("initial_temperature");
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
  macro.temperature_range = section.number("temperature_range", found);
  macro.time_order = section.choice<conduction::TimeOrder>("time_order", conduction::time_order_names);
  macro.tangents = section.choice<conduction::Tangents>("tangents", conduction::tangents_names);
  config.newton_tolerance = section.number_or_auto("newton_tolerance");
  macro.max_iterations = static_cast<int>(section.integer("max_iterations"));
  section.finish();
}

homogenisation::PhaseLaw read_phase(Section section) {
  homogenisation::PhaseLaw law;
  law.k = section.number("conductivity");
  law.temperature_exponent = section.number("temperature_exponent");
  law.p = section.number("power");
  if (law.p != 2.0) law.g0 = section.number("gradient");
  section.finish();
  return law;
}

Wave read_wave(Section section, Range range, std::size_t dimensions) {
  Wave wave;
  wave.mean = section.number("mean");
  if (!range.contains(wave.mean)) section.refuse("mean", range.describe());
  wave.amplitude = section.number("amplitude");
  wave.waves = read_vector(section, "waves", dimensions, std::vector<double>(dimensions, 0.0));
  for (const double extreme : {wave.mean - wave.amplitude, wave.mean + wave.amplitude})
    if (!range.contains(extreme))
      section.refuse("amplitude", fmt::format("takes the number to {:g}, which {}", extreme, range.describe()));
  section.finish();
  return wave;
}

void read_micro(Section section, const grid::GridOptions& grid, TwoScaleConfig& config) {
  auto& cell = config.cell;
  cell.dimensions = static_cast<int>(grid.cells.size());
  cell.pixels = static_cast<int>(section.integer("pixels"));
  cell.shape = section.choice<homogenisation::Shape>("shape", shapes);
  const bool ellipse = cell.shape == homogenisation::Shape::ellipse;
  if (ellipse) cell.aspect = section.number("aspect");
  cell.matrix = read_phase(section.section("matrix"));
  cell.inclusion = read_phase(section.section("inclusion"));
  const double most = homogenisation::largest_fraction(cell.shape, cell.aspect);
  config.fraction = read_wave(section.section("fraction"), Range::between(0.0, most), grid.cells.size());
  if (ellipse) config.angle = read_wave(section.section("angle"), Range::any(), grid.cells.size());
  config.rtol = section.number_or_auto("rtol");
  section.finish();
}

}  // namespace

const Keys& two_scale_keys() { return keys; }

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
