#pragma once

#include <cstdint>

#include "core/archive.hpp"

namespace bimetal::hybrid {

/// What became of the rows that may be asked about.
struct AnswersOfStep {
  double accepted = 0.0;        // share of the rows
  double wrong = 0.0;           // share of the accepted ones' audits, in units of the share that is allowed
  bool withdrawn = false;       // audits refuted the accepted answers
  std::int64_t promotions = 0;  // so far: versions that learning has brought
};

/// When the ranks that solve learn: in bursts that end, since a network that is as good as it gets only costs.
///
/// A run without a model begins with a burst. A burst is over when nearly everything has been accepted for some
/// steps, or when its learning rate is down and many gradient steps have not brought a new version. Learning then
/// rests until answers have for some steps been clearly worse than at their best since then, as when the flow comes
/// to states that are new: fewer accepted, or more of them wrong. It begins at once if a step was withdrawn after a
/// burst that had ended well; and, while less than half is accepted, when the run is a quarter older. Decides by
/// steps and shares that all ranks know alike. Local.
class LearningPlan {
 public:
  enum class Phase : std::int64_t { learning, resting };

  /// watch: steps that a share has to last to count. patience: gradient steps of a burst that may bring nothing.
  /// lost_share: fall of the share after which there are states to be learned. warm: a model serves from the start.
  LearningPlan(std::int64_t watch, std::int64_t patience, double lost_share, bool warm);

  /// After each step with rows that may be asked about: what became of them, the gradient steps so far, and whether
  /// the learning rate is down.
  void note(std::int64_t step, const AnswersOfStep& answers, std::int64_t updates, bool rate_is_down);

  Phase phase() const { return phase_; }
  /// A burst other than the first begins after the step noted last.
  bool begins() const { return begins_; }

  void persist(const core::Archive& archive);

 private:
  void begin(std::int64_t updates);
  void rest(std::int64_t step, bool ended_well);

  std::int64_t watch_;
  std::int64_t patience_;
  double lost_share_;
  Phase phase_;
  bool begins_ = false;
  double share_ = 0.0;  // mean of the accepted share over the last steps
  double wrong_ = 0.0;  // mean over the last steps of this rest
  double best_ = 0.0;   // of this rest: what wrong answers leave of the share
  std::int64_t promotions_ = 0;
  std::int64_t gained_at_ = 0;  // gradient steps when this burst last brought a version, or began
  std::int64_t rested_ = 0;     // step at which resting began
  std::int64_t n_lasts_ = 0;    // steps in a row with a share near one (learning) or clearly below the best (resting)
  bool ended_well_ = true;      // the last burst: nearly everything was accepted
};

}  // namespace bimetal::hybrid
