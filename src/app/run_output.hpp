#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/clock.hpp"
#include "app/observer.hpp"
#include "app/run_config.hpp"
#include "app/simulation.hpp"
#include "core/timer.hpp"
#include "io/data_set.hpp"
#include "io/field_writer.hpp"
#include "io/history.hpp"
#include "io/progress.hpp"
#include "io/run_directory.hpp"

namespace bimetal::app {

/// What a run leaves behind while it goes on: snapshots, history.csv, data.h5, and the progress line.
class RunOutput {
 public:
  /// The directory must be prepared, and its claim comes along. after_step: goes on with what is in it, behind this
  /// step; what is known of it is still to be restored. Collective, like all that follows.
  RunOutput(const RunConfig& config, Simulation& simulation, parallel::Communicator comm, core::Log& log,
            io::Claim claim, std::optional<std::int64_t> after_step);

  /// The state now, as a snapshot. Collective.
  void write_fields(const Clock& clock);

  /// One line of history and progress for the step that was just done, its rows for the data set, and a line of the
  /// observables when they are due. RuntimeFailure, on root alone: the directory has been taken over. Collective.
  void record_step(const Clock& clock);

  /// Before a checkpoint: everything of the steps so far is in files that later steps leave alone. Collective.
  void settle(const Clock& clock);
  void persist(const core::Archive& archive);
  /// After the last step. Collective.
  void complete();
  /// Somebody else has spent so much on output.
  void book(double seconds) { seconds_ += seconds; }

  /// Snapshots are due after every fields_every steps, and after the last.
  bool fields_due(const Clock& clock) const;

  double seconds() const { return seconds_; }  // spent on output by this rank
  const Observer& observer() const { return *observer_; }

 private:
  void save_new_version();
  double wall_seconds() const { return wall_before_ + since_start_.seconds(); }

  const RunConfig* config_;
  Simulation* simulation_;
  parallel::Communicator comm_;
  io::Claim claim_;
  io::FieldWriter fields_;
  io::History history_;
  std::optional<io::DataSet> data_;
  std::unique_ptr<Observer> observer_;
  std::int32_t saved_version_;  // of the surrogate
  io::Progress progress_;
  bool continues_;  // in a directory of the same run
  core::Stopwatch since_start_;
  double wall_before_ = 0.0;  // of the parts of the run before this one [s]
  double seconds_ = 0.0;
  double booked_seconds_ = 0.0;  // of these, in history's lines so far
};

}  // namespace bimetal::app
