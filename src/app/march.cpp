#include "app/march.hpp"

#include "app/clock.hpp"
#include "core/error.hpp"
#include "core/timer.hpp"

namespace bimetal::app {
namespace {

void stop_on_failures(const subproblem::BatchReport& batch, std::int64_t step, const parallel::Communicator& comm) {
  const auto n_failed = comm.sum(std::ssize(batch.failures));
  if (n_failed == 0) return;
  std::string example;
  const auto ranks = comm.all_gather(std::ssize(batch.failures));
  for (int rank = 0; rank < comm.size() && example.empty(); ++rank) {
    if (ranks[static_cast<std::size_t>(rank)] == 0) continue;
    if (rank == comm.rank()) {
      const auto& failure = batch.failures.front();
      example = fmt::format("cell {} at T = {:.1f} K: {}", failure.id, failure.in.front(), failure.reason);
    }
    comm.broadcast(example, rank);
  }
  throw core::RuntimeFailure(
      fmt::format("step {}: physics could not solve {} of the cells (the first: {}); try a smaller time.step or "
                  "other chemistry.rtol",
                  step, n_failed, example));
}

}  // namespace

MarchSeconds march(const RunConfig& config, Simulation& simulation, RunOutput& output,
                   const parallel::Communicator& comm) {
  const core::Stopwatch watch;
  MarchSeconds seconds;
  auto& flow = simulation.flow();
  Clock clock(config.time);
  output.write_fields(clock);
  while (!clock.done()) {
    const double dt = clock.choose(flow.courant_rate(), flow.expansion_rate());
    const auto report = flow.advance(dt, clock.step());
    stop_on_failures(report.batch, clock.step(), comm);
    clock.advance();
    seconds.transport += report.transport_s;
    seconds.pressure += report.pressure_s;
    output.record_step(clock, report);
    if (output.fields_due(clock)) output.write_fields(clock);
  }
  seconds.total = watch.seconds();
  return seconds;
}

}  // namespace bimetal::app
