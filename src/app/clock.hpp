#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/archive.hpp"

namespace bimetal::app {

struct TimeConfig {
  double end = 0.0;            // [s], > 0
  std::optional<double> step;  // the same for all steps [s], a whole number of which makes `end`; none: by the limits
  // Without a given step:
  double largest_step = 1e-6;             // [s]
  double courant = 0.3;                   // sum over the axes of |u| dt / dx, at most
  double expansion = 0.1;                 // relative growth of a volume in a step, at most
  std::optional<double> wall_limit = {};  // of the program; near it the run saves its state and stops [s]
};

/// Why a step is no longer than it is.
enum class StepLimit { given, largest, courant, expansion, growth, end };
inline constexpr std::array<const char*, 6> step_limit_names{"given",     "largest", "courant",
                                                             "expansion", "growth",  "end"};

/// Time, and how far the next step goes. Pure: the same on every rank.
class Clock {
 public:
  explicit Clock(const TimeConfig& config) : config_(config) {}

  double time() const { return time_; }        // [s]
  std::int64_t step() const { return step_; }  // done so far
  bool done() const;
  /// Share of the run that is over [1].
  double fraction() const { return time_ / config_.end; }

  /// Chooses the next step [s] for a flow with these rates: of the Courant number, of the fastest expansion [1/s].
  double choose(double courant_rate, double expansion_rate);
  /// The chosen step has been taken.
  void advance();

  double dt() const { return dt_; }                                                     // chosen last [s]
  StepLimit limit() const { return limit_; }                                            // what bound it
  std::array<std::int64_t, step_limit_names.size()> counts() const { return counts_; }  // steps by what bound them
  double smallest_dt() const { return smallest_; }                                      // so far [s]
  double largest_dt() const { return largest_; }
  double largest_courant() const { return largest_courant_; }  // of the steps so far

  void persist(const core::Archive& archive);

 private:
  TimeConfig config_;
  double time_ = 0.0, dt_ = 0.0, smallest_ = 0.0, largest_ = 0.0, largest_courant_ = 0.0;
  std::int64_t step_ = 0;
  StepLimit limit_ = StepLimit::given;
  std::array<std::int64_t, step_limit_names.size()> counts_{};
};

}  // namespace bimetal::app
