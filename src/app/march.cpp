#include "app/march.hpp"

#include "app/clock.hpp"
#include "core/error.hpp"
#include "core/timer.hpp"

namespace bimetal::app {
namespace {

/// What fails knows neither the step's number nor what there is to go on from. Collective.
void take_step(double dt, std::int64_t step, Pde& pde, const Checkpoints& checkpoints) {
  try {
    pde.advance(dt, step);
  } catch (const core::RuntimeFailure& failure) {
    throw core::RuntimeFailure(fmt::format("step {}: {}; {}", step, failure.what(), checkpoints.advice()));
  }
}

}  // namespace

std::optional<std::string> march(Simulation& simulation, RunOutput& output, Checkpoints& checkpoints,
                                 RunProgress& progress, SafePoint& safe_point, const parallel::Communicator& comm) {
  const core::Stopwatch watch;
  auto& pde = simulation.pde();
  auto& [clock, seconds] = progress;
  const double seconds_before = seconds;
  if (clock.step() == 0) output.write_fields(clock);
  while (!clock.done()) {
    const auto rates = pde.rates();
    take_step(clock.choose(rates.courant, rates.expansion), clock.step(), pde, checkpoints);
    clock.advance();
    output.record_step(clock);
    if (output.fields_due(clock)) output.write_fields(clock);
    seconds = seconds_before + watch.seconds();

    const auto request = safe_point.look(comm);
    const bool stops = request.stop && !clock.done();
    if (stops || request.checkpoint || checkpoints.due()) safe_point.note_checkpoint(checkpoints.write());
    if (stops) return request.stop;
  }
  simulation.hybrid().conclude_step();
  output.complete();
  seconds = seconds_before + watch.seconds();
  return std::nullopt;
}

}  // namespace bimetal::app
