#pragma once

#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "grid/options.hpp"
#include "grid/structured_grid.hpp"

namespace bimetal::conduction {

/// What heat finds at an end of an axis.
enum class Thermal {
  periodic,   // both ends of an axis or none
  insulated,  // no flux through it
  fixed       // a given temperature, the same all over the end
};
inline constexpr std::array<std::pair<const char*, Thermal>, 3> thermal_names{
    {{"periodic", Thermal::periodic}, {"insulated", Thermal::insulated}, {"fixed", Thermal::fixed}}};

/// One end of an axis. `temperature` and `ramp` are those of a fixed one: it goes linearly from the mean initial
/// temperature of the cells next to it to `temperature` within `ramp`, and stays there.
struct End {
  Thermal kind = Thermal::periodic;
  double temperature = 300.0;  // [K]
  double ramp = 0.0;           // [s], 0: it has its temperature from the beginning
};

/// The lower and the upper end of an axis.
using AxisEnds = std::array<End, 2>;

/// What the grid is to be told of an axis' ends.
inline grid::Ends grid_ends(const AxisEnds& ends) {
  const auto of = [](const End& end) {
    switch (end.kind) {
      case Thermal::periodic: return grid::Boundary::periodic;
      case Thermal::insulated: return grid::Boundary::wall;
      case Thermal::fixed: return grid::Boundary::inflow;
    }
    return grid::Boundary::periodic;
  };
  return {of(ends[0]), of(ends[1])};
}

/// Where Newton's method has the derivatives of a flux from.
enum class Tangents {
  secant,  // from the fluxes it has seen: Broyden's formula face by face, across time steps
  exact    // from a TangentSource, for every face in every iteration
};
inline constexpr std::array<std::pair<const char*, Tangents>, 2> tangents_names{
    {{"secant", Tangents::secant}, {"exact", Tangents::exact}}};

/// The order of the scheme in time: implicit Euler, or BDF2 with a first step of implicit Euler.
enum class TimeOrder { first, second };
inline constexpr std::array<std::pair<const char*, TimeOrder>, 2> time_order_names{
    {{"first", TimeOrder::first}, {"second", TimeOrder::second}}};

struct ConductionOptions {
  double heat_capacity = 2e6;  // of a volume [J/m^3/K], > 0
  std::vector<AxisEnds> ends;  // one per axis
  /// Heat released in a volume at a position [m] and a time [s], [W/m^3]; empty: none.
  std::function<double(const std::array<double, 3>& x, double time)> source;
  TimeOrder time_order = TimeOrder::second;
  Tangents tangents = Tangents::secant;
  double temperature_range = 100.0;  // what temperatures differ by, the scale of tolerances and secants [K], > 0
  double newton_tolerance = 1e-6;    // largest residual, as a part of the temperature range, > 0
  int max_iterations = 25;           // of Newton's method, at least 1
  double flux_error = 1e-7;          // relative error that a flux may have: closer ones have no secant, >= 0
};

/// The options, or a UserError, the same on every rank, where they do not fit together or do not fit the grid. Local.
ConductionOptions checked(ConductionOptions options, const grid::StructuredGrid& grid);

}  // namespace bimetal::conduction
