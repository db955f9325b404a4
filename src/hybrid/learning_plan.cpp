#include "hybrid/learning_plan.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace bimetal::hybrid {
namespace {

constexpr double newest = 0.2;            // weight of a step in the mean share: the last five or so count
constexpr double worthwhile_gain = 0.02;  // of the share, for which one more burst is tried
constexpr double drop = 0.1;              // of the share, after which new states must be learned
constexpr double poor = 0.5;              // share that is tried to be raised from time to time

}  // namespace

LearningPlan::LearningPlan(std::int64_t watch, bool warm)
    : watch_(watch), phase_(warm ? Phase::resting : Phase::learning) {}

void LearningPlan::note(std::int64_t step, double accepted_share, bool burst_is_over) {
  begins_ = false;
  share_ += newest * (accepted_share - share_);
  switch (phase_) {
    case Phase::learning:
      if (!burst_is_over) return;
      phase_ = Phase::watching;
      until_ = step + watch_;
      return;
    case Phase::watching:
      if (step < until_) return;
      if (share_ >= before_ + worthwhile_gain && share_ < 1.0 - worthwhile_gain) return begin();
      phase_ = Phase::resting;
      best_ = share_;
      n_low_ = 0;
      rested_ = step;
      return;
    case Phase::resting:
      best_ = std::max(best_, share_);
      n_low_ = share_ < best_ - drop ? n_low_ + 1 : 0;
      if (n_low_ >= watch_ || (share_ < poor && step >= rested_ + std::max(watch_, rested_ / 4)))
        begin();
      return;
  }
}

void LearningPlan::begin() {
  phase_ = Phase::learning;
  begins_ = true;
  before_ = share_;
}

void LearningPlan::persist(const core::Archive& archive) {
  archive.alike("phase", phase_);
  archive.alike("share", share_);
  archive.alike("before", before_);
  archive.alike("best", best_);
  archive.alike("until", until_);
  archive.alike("rested", rested_);
  archive.alike("n_low", n_low_);
  if (phase_ < Phase::learning || phase_ > Phase::resting)
    throw core::UserError("what was saved of the plan of learning contradicts itself");
}

}  // namespace bimetal::hybrid
