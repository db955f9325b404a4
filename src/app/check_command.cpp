#include <cmath>
#include <cstdio>

#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "app/memory_need.hpp"
#include "app/simulation.hpp"
#include "core/timer.hpp"
#include "petsc/session.hpp"

namespace bimetal::app {
namespace {

/// Seconds physics takes for the hottest cell of the initial state, measured; solving sets the pace of a run.
double seconds_per_active_row(Simulation& simulation, const parallel::Communicator& world) {
  const auto view = simulation.flow().state();
  const auto rows = view.rows();
  std::int64_t hottest = 0;
  for (std::int64_t i = 0; i < rows.size(); ++i)
    if (rows[i][0] > rows[hottest][0]) hottest = i;
  auto& solver = simulation.hybrid().physics();
  const auto& inputs = solver.kind().signature().inputs;
  const auto n_out = std::ssize(solver.kind().signature().outputs);
  std::vector<double> row(rows[hottest].begin(), rows[hottest].end());
  for (auto k = row.size(); k < inputs.size(); ++k) row.push_back(inputs[k].scale);  // nominal conditions

  constexpr std::int64_t repeats = 50;
  core::RowTable in(std::ssize(inputs)), out(n_out, repeats);
  for (std::int64_t i = 0; i < repeats; ++i) in.append(row);
  const std::vector<std::int64_t> id(repeats, 0);
  std::vector<double> seconds(repeats, 0.0);
  subproblem::Batch batch{.in = in.rows(), .out = out.rows(), .id = id, .seconds = seconds};
  solver.solve(batch);
  double sum = 0.0;
  for (double each : seconds) sum += each;
  return world.max(sum / repeats);
}

}  // namespace

int execute(const CheckCommand& command, const parallel::Communicator& world) {
  const petsc::Session petsc(world);
  const auto config = read_run_config(command.input, command.settings, world);
  core::Log log;
  Simulation simulation(config, world, log);
  const double row_seconds = seconds_per_active_row(simulation, world);
  if (!world.is_root()) return exit_done;

  const auto cells = static_cast<double>(simulation.flow().extents().n_cells());
  const double steps = std::ceil(config.time.end / config.time.step.value_or(config.time.largest_step) - 1e-6);
  std::printf("%s\n", config.resolved.c_str());
  std::printf("# %s is a valid input.\n", command.input.c_str());
  std::printf("# cells %.0f, species %zu, steps %.0f, ranks %d\n", cells, simulation.mechanism().n_species(), steps,
              world.size());
  const auto memory = memory_need(config, simulation.mechanism().n_species(), world.size());
  std::printf("# memory for fields     about %.3g GB in all\n", memory.fields / 1e9);
  std::printf("# and for the surrogate about %.3g GB on each rank\n", memory.surrogate / 1e9);
  std::printf("# physics               %.1f us for a cell like the hottest one now\n", 1e6 * row_seconds);
  std::printf("# pure physics          at most about %.1f min on %d rank(s), if every cell were active\n",
              cells * steps * row_seconds / world.size() / 60.0, world.size());
  return exit_done;
}

}  // namespace bimetal::app
