#include <utility>

#include "app/beginning.hpp"
#include "app/checkpoints.hpp"
#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "app/machine.hpp"
#include "app/march.hpp"
#include "app/run_summary.hpp"
#include "core/timer.hpp"
#include "core/version.hpp"
#include "hybrid/trainer_service.hpp"
#include "io/summary.hpp"
#include "parallel/cores.hpp"
#include "petsc/session.hpp"
#include "petsc/unread_options.hpp"

namespace bimetal::app {
namespace {

/// Where nobody has anything to learn, all ranks solve.
int trainers_wanted(const hybrid::HybridOptions& options) {
  const bool learns = options.switching.acceptance_rule().asks_surrogate;
  return learns && options.schedule.placement == hybrid::Placement::dedicated ? options.schedule.trainer_ranks : 0;
}

/// What a rank that trains does in a run. Collective over trainers.
void train(const RunConfig& config, const hybrid::Crew& crew) {
  const auto reference = config.physics->load(config, crew.own())->make_reference();
  const auto& signature = reference->kind().signature();
  hybrid::TrainerService(config.hybrid, crew, signature, library::make_surrogate(config, signature, crew.own()))
      .run();
}

/// What a rank that solves does in a run. Gives the exit code. Collective over solvers.
int solve(const RunCommand& command, const RunConfig& config, const hybrid::Crew& crew,
          const nlohmann::ordered_json& machine, core::Log& log, const core::Stopwatch& since_start) {
  const auto& solvers = crew.own();
  const petsc::Session petsc(solvers, command.petsc_options);
  Simulation simulation(config, crew, log);
  petsc::require_solver_options_read(command.petsc_options);
  auto beginning = begin(command, config, simulation.hybrid().kind().signature().fingerprint, solvers);
  const std::string directory = config.output.directory;
  io::write_text(directory + "/config.yaml", config.resolved, solvers);
  log.open_file(directory + "/log.txt");
  log.info("bimetal {} ({}): {}, {} cells, {}, {} s, {}", core::version, core::commit, config.name,
           simulation.pde().extents().n_cells(), simulation.pde().described(), config.time.end,
           describe_ranks(crew.n_solvers(), crew.n_trainers()));
  log.detail("the reference solver works with {}", simulation.physics().accuracy());
  if (const auto* surrogate = simulation.hybrid().surrogate(); surrogate && !surrogate->device_choice().empty())
    log.info("{}", surrogate->device_choice());
  if (config.model) log.info("the surrogate begins as {}", *config.model);
  for (const auto& remark : simulation.physics().remarks()) log.warn("warning: {}", remark);
  for (const auto& remark : beginning.remarks) log.warn("{}", remark);

  const auto after_step = beginning.in_place ? std::optional(beginning.step) : std::nullopt;
  RunOutput output(config, simulation, solvers, log, std::move(beginning.claim), after_step);
  RunProgress progress{Clock(config.time)};
  Checkpoints checkpoints(config, simulation, output, progress, solvers);
  if (beginning.checkpoint) {
    checkpoints.restore(*beginning.checkpoint);
    log.info("goes on from {}, after step {}", beginning.checkpoint->string(), progress.clock.step());
  }
  SafePoint safe_point({config.time.wall_limit, 60.0 * config.output.checkpoint_minutes}, since_start);
  const double setup_seconds = since_start.seconds();
  const auto stopped = march(simulation, output, checkpoints, progress, safe_point, solvers);
  for (const auto& name : petsc::unread_options())
    log.warn("warning: no solver has read the PETSc option {}; it may be misspelt", name);
  if (stopped) {
    log.info("stopped by {} after step {}; go on with --restart {}", *stopped, progress.clock.step(), directory);
    return exit_stopped;
  }
  const auto summary = summarise(config, simulation, progress, setup_seconds, output, crew, machine);
  io::write_json(directory + "/summary.json", summary, solvers);
  print_summary(summary, simulation.pde(), directory, log);
  return exit_done;
}

}  // namespace

int execute(const RunCommand& command, const parallel::Communicator& world) {
  const core::Stopwatch since_start;
  const SignalsHeld signals;
  auto config = read_run_config(command.input, command.settings, world);
  if (command.output) config.output.directory = *command.output;
  const auto machine = describe_machine(world);
  const hybrid::Crew crew(world, trainers_wanted(config.hybrid));
  const int cores = parallel::fair_cores(world);
  if (crew.trains()) {
    config.network.threads = cores;  // solver ranks have one: physics knows no threads, and runs repeat to the bit
    train(config, crew);
    return exit_done;
  }
  core::Log log(world.is_root() ? command.voice : core::LogVoice::silent);
  int exit_code = exit_done;
  try {
    exit_code = solve(command, config, crew, machine, log, since_start);
  } catch (const core::UserError& error) {
    crew.say_goodbye({hybrid::Ending::user_error, error.what()});
    throw;
  } catch (const core::RuntimeFailure& failure) {
    crew.say_goodbye({hybrid::Ending::failure, failure.what()});
    throw;
  }
  crew.say_goodbye({});
  if (crew.hears_farewell(config.hybrid.schedule.patience)) return exit_code;
  log.warn(
      "the trainers have not answered for {} s (training.patience): with all output written, the job ends by "
      "force",
      config.hybrid.schedule.patience);
  crew.own().barrier();
  parallel::Session::abort(exit_code);
}

}  // namespace bimetal::app
