#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace bimetal::io {

/// Where a run stands.
struct ProgressState {
  std::int64_t step = 0;                  // done so far
  double time = 0.0;                      // simulated [s]
  double fraction = 0.0;                  // of the run that is done, 0 to 1
  double wall = 0.0;                      // since the run began [s]
  std::optional<double> surrogate_share;  // of the active sub-problems of the step, 0 to 1; none: it is never asked
};

/// "  42 %  step 420  t = 4.20e-05 s  18.3 steps/s  0:31 left  surrogate 87 % of the active". Rate and remaining time
/// are left out while they are not known. Local.
std::string format_progress(const ProgressState& state, std::optional<double> steps_per_s,
                            std::optional<double> remaining_s);

/// 75 -> "1:15", 3675 -> "1:01:15", 3 days -> "3 d 0:00:00". [s] Local.
std::string format_duration(double seconds);

/// Terminal: one line, rewritten in place. Lines: a plain line now and then, for log files. Silent: nothing (the
/// other ranks).
enum class ProgressStyle { terminal, lines, silent };

/// Terminal or lines, according to what `out` is; under mpirun, to what mpirun's own output is. Local.
ProgressStyle progress_style(std::FILE* out);

/// Shows a run's progress, but not too often: 5 times a second on a terminal, every 5 % or 30 s elsewhere. Whoever
/// else writes to the terminal wipes the line first (core::Log::share_terminal).
class Progress {
 public:
  Progress(std::FILE* out, ProgressStyle style);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// To be called every step; prints when it is due, and always when the fraction reaches 1. Local.
  void show(const ProgressState& state);

 private:
  bool due(const ProgressState& state) const;
  void update_rate(const ProgressState& state);

  std::FILE* out_;
  ProgressStyle style_;
  std::optional<ProgressState> shown_;  // last printed
  std::optional<ProgressState> seen_;   // last passed to show()
  double rate_steps_ = 0.0;             // recent steps, older ones weighing less
  double rate_fraction_ = 0.0;          // recent progress likewise
  double rate_wall_ = 0.0;              // the time both took likewise [s]
  bool line_open_ = false;              // the terminal's line is not ended yet
};

}  // namespace bimetal::io
