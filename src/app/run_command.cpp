#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "app/march.hpp"
#include "app/run_summary.hpp"
#include "core/timer.hpp"
#include "core/version.hpp"
#include "io/summary.hpp"
#include "petsc/session.hpp"

namespace bimetal::app {

int execute(const RunCommand& command, const parallel::Communicator& world) {
  const core::Stopwatch watch;
  const petsc::Session petsc(world, command.petsc_options);
  auto config = read_run_config(command.input, command.settings, world);
  if (command.output) config.output.directory = *command.output;
  core::Log log(world.is_root() ? core::LogVoice::speaks : core::LogVoice::silent);

  Simulation simulation(config, world, log);
  const std::string directory = config.output.directory;
  io::prepare_run_directory(directory, command.on_existing, world);
  io::write_text(directory + "/config.yaml", config.resolved, world);
  log.open_file(directory + "/log.txt");
  log.info("bimetal {} ({}): {}, {} cells, {} species, {} s, {} rank(s)", core::version, core::commit, config.name,
           simulation.flow().extents().n_cells(), simulation.mechanism().n_species(), config.time.end, world.size());

  RunOutput output(config, simulation, world, log);
  const double setup_seconds = watch.seconds();
  const auto seconds = march(config, simulation, output, world);
  const auto summary = summarise(config, simulation, seconds, setup_seconds, output, world);
  io::write_json(directory + "/summary.json", summary, world);
  print_summary(summary, directory, log);
  return exit_done;
}

}  // namespace bimetal::app
