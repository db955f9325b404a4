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

/// Seconds physics takes for a dear row of the initial state, measured; solving sets the pace of a run.
double seconds_per_row(Simulation& simulation, const parallel::Communicator& world) {
  const auto row = simulation.pde().dear_row();
  auto& solver = simulation.hybrid().physics();
  const auto n_out = std::ssize(solver.kind().signature().outputs);

  constexpr std::int64_t repeats = 50;
  core::RowTable in(std::ssize(row)), out(n_out, repeats);
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
  const double row_seconds = seconds_per_row(simulation, world);
  if (!world.is_root()) return exit_done;

  const auto cells = static_cast<double>(simulation.pde().extents().n_cells());
  const double steps = std::ceil(config.time.end / config.time.step.value_or(config.time.largest_step) - 1e-6);
  std::printf("%s\n", config.resolved.c_str());
  std::printf("# %s is a valid input.\n", command.input.c_str());
  for (const auto& remark : simulation.physics().remarks()) std::printf("# warning: %s\n", remark.c_str());
  std::printf("# cells %.0f, %s, steps %.0f, ranks %d\n", cells, simulation.pde().described().c_str(), steps,
              world.size());
  const auto memory = memory_need(config, simulation.physics(), world.size());
  std::printf("# memory for fields     about %.3g GB in all\n", memory.fields / 1e9);
  std::printf("# and for the surrogate about %.3g GB on each rank\n", memory.surrogate / 1e9);
  std::printf("# physics               %.1f us for a sub-problem like the dearest one now\n", 1e6 * row_seconds);
  std::printf("# pure physics          about %.1f min on %d rank(s), if every sub-problem were as dear\n",
              cells * simulation.physics().rows_per_cell() * steps * row_seconds / world.size() / 60.0, world.size());
  return exit_done;
}

}  // namespace bimetal::app
