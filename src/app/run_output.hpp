#pragma once

#include <string>
#include <vector>

#include "app/run_config.hpp"
#include "app/simulation.hpp"
#include "core/timer.hpp"
#include "flow/reacting_flow.hpp"
#include "io/field_writer.hpp"
#include "io/history.hpp"
#include "io/progress.hpp"

namespace bimetal::app {

/// What a run leaves behind while it goes on: snapshots, history.csv, and the progress line.
class RunOutput {
 public:
  /// The directory must be prepared. Collective.
  RunOutput(const RunConfig& config, Simulation& simulation, parallel::Communicator comm, core::Log& log);

  /// The state before step `step`, as a snapshot. Collective.
  void write_fields(std::int64_t step);

  /// One line of history and progress for the step that was just done. Collective.
  void record_step(std::int64_t step, const flow::StepReport& report);

  /// Snapshots are due after every fields_every steps, and after the last.
  bool fields_due(std::int64_t steps_done) const;

  double seconds() const { return seconds_; }                  // spent on output by this rank
  double temperature_max() const { return temperature_max_; }  // after the last recorded step [K]

 private:
  const RunConfig* config_;
  Simulation* simulation_;
  parallel::Communicator comm_;
  io::FieldWriter fields_;
  io::History history_;
  io::Progress progress_;
  core::Stopwatch since_start_;
  double seconds_ = 0.0;
  double booked_seconds_ = 0.0;  // of these, in history's lines so far
  double temperature_max_ = 0.0;
};

}  // namespace bimetal::app
