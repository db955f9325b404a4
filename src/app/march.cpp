#include "app/march.hpp"

#include "app/clock.hpp"
#include "app/failed_reactors.hpp"
#include "app/faults.hpp"
#include "app/state_watch.hpp"
#include "core/error.hpp"
#include "core/timer.hpp"

namespace bimetal::app {
namespace {

/// A step of the flow, and a look at what came of it. What fails knows neither the step's number nor what there is to
/// go on from. Collective.
flow::StepReport take_step(double dt, std::int64_t step, const RunConfig& config, Simulation& simulation,
                           const Checkpoints& checkpoints, const parallel::Communicator& comm) {
  auto& flow = simulation.flow();
  try {
    const auto report = flow.advance(dt, step);
    require_all_solved(report.batch, step, config, simulation, comm);
    spoil_state(config.hybrid.faults, flow, step);
    require_sound_state(flow, simulation.mechanism(), comm);
    return report;
  } catch (const core::RuntimeFailure& failure) {
    throw core::RuntimeFailure(fmt::format("step {}: {}; {}", step, failure.what(), checkpoints.advice()));
  }
}

}  // namespace

std::optional<std::string> march(const RunConfig& config, Simulation& simulation, RunOutput& output,
                                 Checkpoints& checkpoints, RunProgress& progress, SafePoint& safe_point,
                                 const parallel::Communicator& comm) {
  const core::Stopwatch watch;
  auto& flow = simulation.flow();
  auto& [clock, seconds] = progress;
  const double seconds_before = seconds.total;
  if (clock.step() == 0) output.write_fields(clock);
  while (!clock.done()) {
    const double dt = clock.choose(flow.courant_rate(), flow.expansion_rate());
    const auto report = take_step(dt, clock.step(), config, simulation, checkpoints, comm);
    clock.advance();
    seconds.transport += report.transport_s;
    seconds.pressure += report.pressure_s;
    output.record_step(clock, report);
    if (output.fields_due(clock)) output.write_fields(clock);
    seconds.total = seconds_before + watch.seconds();

    const auto request = safe_point.look(comm);
    const bool stops = request.stop && !clock.done();
    if (stops || request.checkpoint || checkpoints.due()) safe_point.note_checkpoint(checkpoints.write());
    if (stops) return request.stop;
  }
  output.complete();
  seconds.total = seconds_before + watch.seconds();
  return std::nullopt;
}

}  // namespace bimetal::app
