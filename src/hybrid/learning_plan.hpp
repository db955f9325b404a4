#pragma once

#include <cstdint>

#include "core/archive.hpp"

namespace bimetal::hybrid {

/// When the ranks that solve learn: in bursts that end, since a network that is as good as it gets only costs.
///
/// A run without a model begins with a burst. A burst is over when nearly everything has been accepted for some steps, or
/// when its learning rate is down and many gradient steps have not raised the accepted share. Learning then rests until
/// the share has for some steps been clearly below what it was at its best since then, as when the flow comes to states
/// that are new; or, while less than half is accepted, until the run is a quarter older. Decides by steps and shares that
/// all ranks know alike. Local.
class LearningPlan {
 public:
  enum class Phase : std::int64_t { learning, resting };

  /// watch: steps that a share has to last to count. patience: gradient steps of a burst that may bring nothing.
  /// warm: a model serves from the start.
  LearningPlan(std::int64_t watch, std::int64_t patience, bool warm);

  /// After each step with rows that may be asked about: the share of them that was accepted, the gradient steps so far,
  /// and whether the learning rate is down.
  void note(std::int64_t step, double accepted_share, std::int64_t updates, bool rate_is_down);

  Phase phase() const { return phase_; }
  /// A burst other than the first begins after the step noted last.
  bool begins() const { return begins_; }
  /// Mean of the accepted share over the last steps.
  double share() const { return share_; }

  void persist(const core::Archive& archive);

 private:
  void begin(std::int64_t updates);
  void rest(std::int64_t step);

  std::int64_t watch_;
  std::int64_t patience_;
  Phase phase_;
  bool begins_ = false;
  double share_ = 0.0;
  double best_ = 0.0;           // share in this phase
  std::int64_t gained_at_ = 0;  // gradient steps when the share last rose in this burst
  std::int64_t rested_ = 0;     // step at which resting began
  std::int64_t n_lasts_ = 0;    // steps in a row with a share near one (learning) or clearly below the best (resting)
};

}  // namespace bimetal::hybrid
