#pragma once

#include <filesystem>
#include <string>

#include "app/run_config.hpp"
#include "app/run_output.hpp"
#include "app/run_progress.hpp"
#include "app/simulation.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::app {

/// The whole state of a run, in files from which it can go on.
class Checkpoints {
 public:
  /// Borrows all but the communicator. Collective, like all that follows.
  Checkpoints(const RunConfig& config, Simulation& simulation, RunOutput& output, RunProgress& progress,
              parallel::Communicator comm);

  /// Everything becomes as it was when the file, of the same problem, was written.
  void restore(const std::filesystem::path& path);

  /// Whether one is due after the step that was just done, by the number of steps: after every checkpoint_every, and
  /// after the last.
  bool due() const;
  /// Writes one of the state now, and removes all but the last two. Gives the seconds it took.
  double write();
  /// Whether the state now has been written.
  bool up_to_date() const { return last_step_ == progress_->clock.step(); }

  /// A sentence for those whose run has ended badly: what there is to go on from. Local.
  std::string advice() const;

 private:
  void persist(const core::Archive& archive);

  const RunConfig* config_;
  Simulation* simulation_;
  RunOutput* output_;
  RunProgress* progress_;
  parallel::Communicator comm_;
  std::int64_t last_step_ = -1;  // of the last one written or restored
  std::filesystem::path last_;
};

}  // namespace bimetal::app
