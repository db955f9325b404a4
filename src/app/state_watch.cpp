#include "app/state_watch.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "app/lowest_cell.hpp"
#include "core/error.hpp"
#include "core/finite.hpp"

namespace bimetal::app {
namespace {

/// Everything that is known of the owned cells.
struct State {
  explicit State(const flow::ReactingFlow& flow)
      : gas(flow.state()), density(flow.density()), velocity(flow.velocity()), pressure(flow.flow_pressure()) {}

  bool sound(std::int64_t cell) const {
    const auto i = static_cast<std::size_t>(cell);
    return core::all_finite(gas.rows()[cell]) && gas.rows()[cell][0] > 0.0 && std::isfinite(density[i]) &&
           density[i] > 0.0 && core::all_finite(velocity[cell]) && (pressure.empty() || std::isfinite(pressure[i]));
  }

  petsc::ConstVecRows gas;       // [n_owned, 1 + n_species]: T [K], Y
  std::vector<double> density;   // [n_owned] [kg/m^3]
  core::RowTable velocity;       // [n_owned, n dimensions] [m/s]
  std::vector<double> pressure;  // [n_owned] [Pa], or empty
};

/// What is wrong with a cell that is not sound: "T is nan", the first of what there is.
std::string name_flaw(const State& state, std::int64_t cell, const chemistry::Mechanism& mechanism) {
  const auto i = static_cast<std::size_t>(cell);
  const auto gas = state.gas.rows()[cell];
  const auto is = [](const std::string& quantity, double value) { return fmt::format("{} is {}", quantity, value); };
  if (!(gas[0] > 0.0) || !std::isfinite(gas[0])) return is("T [K]", gas[0]);
  for (std::size_t k = 1; k < gas.size(); ++k)
    if (!std::isfinite(gas[k])) return is("Y_" + mechanism.species[k - 1].name, gas[k]);
  if (!(state.density[i] > 0.0) || !std::isfinite(state.density[i])) return is("density [kg/m^3]", state.density[i]);
  for (const double u : state.velocity[cell])
    if (!std::isfinite(u)) return is("velocity [m/s]", u);
  return is("pressure of the flow [Pa]", state.pressure[i]);
}

}  // namespace

std::string name_cell(const grid::Extents& extents, std::int64_t id) {
  const auto& n = extents.cells;
  return fmt::format("cell {} (i, j, k = {}, {}, {})", id, id % n[0], id / n[0] % n[1], id / (n[0] * n[1]));
}

void require_sound_state(const flow::ReactingFlow& flow, const chemistry::Mechanism& mechanism,
                         const parallel::Communicator& comm) {
  const State state(flow);
  const auto ids = flow.ids();
  std::int64_t cell = 0;
  while (cell < std::ssize(ids) && state.sound(cell)) ++cell;
  const auto flawed = cell == std::ssize(ids) ? std::nullopt : std::optional(ids[static_cast<std::size_t>(cell)]);
  const auto lowest = find_lowest(
      flawed, [&] { return name_flaw(state, cell, mechanism); }, comm);
  if (!lowest) return;
  throw core::RuntimeFailure(
      fmt::format("the state is no longer that of a gas: {} in {}; try a smaller time.step, or a finer grid where "
                  "gradients are steep",
                  lowest->text, name_cell(flow.extents(), lowest->id)));
}

}  // namespace bimetal::app
