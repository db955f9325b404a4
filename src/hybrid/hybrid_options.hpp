#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "control/switch_options.hpp"

namespace bimetal::hybrid {

/// Where training happens.
enum class Placement {
  in_situ,    // on all ranks between two steps, gradients averaged
  dedicated,  // on the last ranks, which do nothing else, while the others solve
  off,        // nowhere: the network serves as it is
};
inline constexpr std::pair<const char*, Placement> placements[] = {
    {"in_situ", Placement::in_situ}, {"dedicated", Placement::dedicated}, {"off", Placement::off}};

/// How much training a step may do. A number of updates, not of seconds, so that a run repeats itself; trainers of
/// their own work at their own pace.
struct TrainingSchedule {
  Placement placement = Placement::in_situ;
  int trainer_ranks = 1;                 // dedicated: how many ranks train; >= 1
  double patience = 30.0;                // dedicated: silence after which the trainers are given up [s]; > 0
  std::int64_t queue_rows = 16384;       // dedicated: rows of a rank on their way to a trainer at most; >= 1
  std::int64_t updates_per_step = 20;    // in_situ: gradient steps after each step of a burst (LearningPlan); >= 0
  std::int64_t promote_every = 4;        // steps between two looks at the candidate, at least; >= 1
  std::int64_t calibration_rows = 1000;  // per rank, kept from training to judge candidates by; >= 1
  double lost_share = 0.1;  // in_situ: fall of the share of accepted answers after which learning begins again; in (0, 1)
  double perturbed = 0.5;  // moved copies of rows to learn from while there is learning, solved by physics as well, as a
                           // share of the rows that physics answers; in [0, 1]
  double resolution = 4e-3;  // what networks resolve of a mass fraction, part of a scale; >= 0
};

/// Whether accepted rows are also solved by physics, only to measure the truth. Decisions do not see it.
enum class Verify { no, yes };

/// Damage done on purpose, to test what guards against it.
struct Faults {
  std::optional<std::int64_t> weights_nan_at;  // step at which all weights of the surrogate become NaN
  // Candidates after which dedicated trainers
  std::optional<std::int64_t> trainer_silent_at;  // stop their work and only wait for the end,
  std::optional<std::int64_t> trainer_hangs_at;   // do not even notice the end
  std::optional<std::int64_t> trainer_throws_at;  // throw
  // Steps
  std::optional<std::int64_t> reactor_fails_at;  // from which on physics cannot solve one row of each rank,
  std::optional<std::int64_t> rank_throws_at;    // in which the last rank that solves meets a bug,
  std::optional<std::int64_t> rank_fails_at;     // in which a library fails on it,
  std::optional<std::int64_t> state_nan_at;      // after which a cell in the middle has no temperature
};

struct HybridOptions {
  std::uint64_t seed = 1;
  control::SwitchOptions switching;
  TrainingSchedule schedule;
  Verify verify = Verify::no;
  std::int64_t expected_steps = 1;  // of the whole run: what run_tolerance is shared among
  bool keeps_rows = false;          // physics' answers are kept for training off line: moved rows in every step
  Faults faults;
};

}  // namespace bimetal::hybrid
