#pragma once

#include <optional>
#include <string>

#include "core/timer.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::app {

/// While it lives, SIGTERM, SIGINT, SIGUSR1 and SIGUSR2, as batch systems send them before a job's time is over, do
/// not end the process: the next SafePoint hears of them. A second SIGINT (Ctrl-C) does end it. One at a time.
class SignalsHeld {
 public:
  SignalsHeld();
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

  /// The number of the last one that arrived here, 0 if none has. Local.
  static int arrived();
};

/// What a run is asked to do between two steps.
struct Request {
  std::optional<std::string> stop;  // why
  bool checkpoint = false;          // time for one by the clock
};

/// Looks, between two steps, whether a run is to stop before its end or to save its state, by clock or by signal.
/// Whatever any rank has noticed, all of them hear.
class SafePoint {
 public:
  struct Options {
    std::optional<double> wall_limit;  // of the whole program [s]
    double checkpoint_seconds = 0.0;   // between two checkpoints; 0: the clock asks for none
  };
  /// since_start: running since the program began. Local.
  SafePoint(const Options& options, const core::Stopwatch& since_start);

  /// After each step. The wall limit counts as reached when another step and a checkpoint, as long as the longest so
  /// far and with time to spare, would not fit. Collective.
  Request look(const parallel::Communicator& comm);

  /// A checkpoint was written, in so many seconds.
  void note_checkpoint(double seconds);

 private:
  Options options_;
  core::Stopwatch since_start_;
  core::Stopwatch since_step_, since_checkpoint_;
  double longest_step_ = 0.0, longest_checkpoint_ = 0.0;  // [s]
};

}  // namespace bimetal::app
