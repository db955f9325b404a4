#pragma once

#include <cstdint>

#include "core/archive.hpp"

namespace bimetal::hybrid {

/// When the ranks that solve learn: in bursts that end, since a network that is as good as it gets only costs.
///
/// A run without a model begins with a burst. When it is over, its last candidate gets the time to show what it is
/// worth. If more is accepted than before, another burst follows. If not, learning rests until the share that is
/// accepted has for some time been clearly below what it was at its best since then, as when the flow comes to states
/// that are new; or, while less than half is accepted, until the run is a quarter older. Decides by steps and shares that
/// all ranks know alike. Local.
class LearningPlan {
 public:
  enum class Phase : std::int64_t { learning, watching, resting };

  /// watch: steps that the last candidate of a burst has to be promoted and to show its worth, and that a low share has to
  /// last. warm: a model serves
  /// from the start.
  LearningPlan(std::int64_t watch, bool warm);

  /// After each step with active rows: the share of them that was accepted, and whether the running burst is over.
  void note(std::int64_t step, double accepted_share, bool burst_is_over);

  Phase phase() const { return phase_; }
  /// A burst other than the first begins after the step noted last.
  bool begins() const { return begins_; }
  /// Mean of the accepted share over the last steps.
  double share() const { return share_; }

  void persist(const core::Archive& archive);

 private:
  void begin();

  std::int64_t watch_;
  Phase phase_;
  bool begins_ = false;
  double share_ = 0.0;
  double before_ = 0.0;      // share when the burst began
  double best_ = 0.0;        // share since learning rests
  std::int64_t until_ = 0;   // step that watching lasts to
  std::int64_t rested_ = 0;  // step at which resting began
  std::int64_t n_low_ = 0;   // steps in a row with a share clearly below the best
};

}  // namespace bimetal::hybrid
