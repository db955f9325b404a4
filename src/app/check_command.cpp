#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "app/memory_need.hpp"
#include "app/simulation.hpp"
#include "config/key.hpp"
#include "core/timer.hpp"
#include "petsc/session.hpp"

namespace bimetal::app {
namespace {

/// How long pure physics takes, in the unit that suits it.
std::string describe_duration(double seconds) {
  if (seconds < 120.0) return fmt::format("{:.1f} s", seconds);
  if (seconds < 7200.0) return fmt::format("{:.1f} min", seconds / 60.0);
  return fmt::format("{:.1f} h", seconds / 3600.0);
}

std::string describe_surrogate(const control::SwitchOptions& options) {
  if (!options.acceptance_rule().asks_surrogate) return "none (switching.policy: never)";
  if (!options.acceptance_rule().by_evidence())
    return fmt::format("accepted whatever audits say (switching.policy: {})",
                       config::name_of(control::policies, options.policy));
  return fmt::format("at most {:.3g} % of its answers may be off by more than the tolerance, {:.3g} of a scale",
                     100.0 * options.wrong_fraction, options.tolerance);
}

void print_verdict(const std::string& input, const RunConfig& config, Simulation& simulation, double row_seconds,
                   int n_ranks) {
  const auto& physics = simulation.physics();
  const auto cells = simulation.pde().extents().n_cells();
  const double steps = std::ceil(config.time.end / config.time.step.value_or(config.time.largest_step) - 1e-6);
  const auto memory = memory_need(config, physics, n_ranks);
  const double all_rows = static_cast<double>(cells) * physics.rows_per_cell() * steps;
  fmt::print("{} is a valid input.\n", input);
  for (const auto& remark : physics.remarks()) fmt::print("warning: {}\n", remark);
  const auto line = [](const char* label, const std::string& text) { fmt::print("  {:<18}{}\n", label, text); };
  line("case", fmt::format("{}: {} cells, {}", config.name, cells, simulation.pde().described()));
  line("time", fmt::format("{:.0f} steps{} to {:g} s", steps, config.time.step ? "" : " or more", config.time.end));
  line("reference solver", physics.accuracy());
  line("surrogate", describe_surrogate(config.hybrid.switching));
  line("memory", fmt::format("about {:.2g} GB for fields in all, and {:.2g} GB for the surrogate on each rank",
                             memory.fields / 1e9, memory.surrogate / 1e9));
  line("physics", fmt::format("{:.1f} us for a sub-problem like the dearest one at the start", 1e6 * row_seconds));
  line("pure physics", fmt::format("about {} on {} rank(s), if every sub-problem were as dear",
                                   describe_duration(all_rows * row_seconds / n_ranks), n_ranks));
  fmt::print("bimetal check --resolved prints the input with every key.\n");
}

/// Seconds physics takes for a dear row of the initial state: the median of several solves, so that other work on the
/// machine, which interrupts some of them for much longer than they take, does not count.
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
  std::ranges::nth_element(seconds, seconds.begin() + repeats / 2);
  return world.max(seconds[repeats / 2]);
}

}  // namespace

int execute(const CheckCommand& command, const parallel::Communicator& world) {
  const petsc::Session petsc(world);
  const auto config = read_run_config(command.input, command.settings, world);
  core::Log log;
  Simulation simulation(config, world, log);
  if (command.resolved) {
    if (world.is_root()) fmt::print("{}", config.resolved);
    return exit_done;
  }
  const double row_seconds = seconds_per_row(simulation, world);
  if (world.is_root()) print_verdict(command.input, config, simulation, row_seconds, world.size());
  return exit_done;
}

}  // namespace bimetal::app
