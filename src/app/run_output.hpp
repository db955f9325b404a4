#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/clock.hpp"
#include "app/observer.hpp"
#include "app/run_config.hpp"
#include "app/simulation.hpp"
#include "core/timer.hpp"
#include "flow/reacting_flow.hpp"
#include "io/data_set.hpp"
#include "io/field_writer.hpp"
#include "io/history.hpp"
#include "io/progress.hpp"

namespace bimetal::app {

/// What the flow's steps have been like so far.
struct FlowRecord {
  Clock clock;
  std::int64_t pressure_iterations = 0;  // of all steps
  int most_pressure_iterations = 0;      // of a step
  double largest_residual = 0.0;         // root mean square of the divergence's error [1/s]
  std::int64_t negative_cells = 0;       // over all steps, of this rank
  double largest_negative = 0.0;         // mass fraction that transport left below zero, of this rank
};

/// What a run leaves behind while it goes on: snapshots, history.csv, data.h5, and the progress line.
class RunOutput {
 public:
  /// The directory must be prepared. Collective.
  RunOutput(const RunConfig& config, Simulation& simulation, parallel::Communicator comm, core::Log& log);

  /// The state now, as a snapshot. Collective.
  void write_fields(const Clock& clock);

  /// One line of history and progress for the step that was just done, its rows for the data set, and a line of the
  /// observables when they are due.
  /// Collective.
  void record_step(const Clock& clock, const flow::StepReport& report);

  /// Snapshots are due after every fields_every steps, and after the last.
  bool fields_due(const Clock& clock) const;

  double seconds() const { return seconds_; }  // spent on output by this rank
  const Observer& observer() const { return observer_; }
  const FlowRecord& flow_record() const { return flow_record_; }

 private:
  void save_new_version();

  const RunConfig* config_;
  Simulation* simulation_;
  parallel::Communicator comm_;
  io::FieldWriter fields_;
  io::History history_;
  std::optional<io::DataSet> data_;
  Observer observer_;
  FlowRecord flow_record_;
  std::int32_t saved_version_;  // of the surrogate
  io::Progress progress_;
  core::Stopwatch since_start_;
  double seconds_ = 0.0;
  double booked_seconds_ = 0.0;  // of these, in history's lines so far
};

}  // namespace bimetal::app
