#include "hybrid/learning_plan.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"

namespace bimetal::hybrid {
namespace {

constexpr double newest = 0.2;       // weight of a step in the mean share: the last five or so count
constexpr double nearly_all = 0.98;  // share that is not worth being raised
constexpr double discount = 0.25;    // of the share, where as many answers are wrong as may be
constexpr double poor = 0.5;         // share that is tried to be raised from time to time

}  // namespace

LearningPlan::LearningPlan(std::int64_t watch, std::int64_t patience, double lost_share, bool warm)
    : watch_(watch), patience_(patience), lost_share_(lost_share), phase_(warm ? Phase::resting : Phase::learning) {}

void LearningPlan::note(std::int64_t step, const AnswersOfStep& answers, std::int64_t updates, bool rate_is_down) {
  begins_ = false;
  share_ += newest * (answers.accepted - share_);
  if (phase_ == Phase::learning) {
    if (std::exchange(promotions_, answers.promotions) != answers.promotions) gained_at_ = updates;
    n_lasts_ = answers.accepted >= nearly_all ? n_lasts_ + 1 : 0;
    const bool exhausted = rate_is_down && updates - gained_at_ >= patience_;
    if (n_lasts_ >= watch_ || exhausted) rest(step, n_lasts_ >= watch_);
  } else {
    wrong_ += newest * (answers.wrong - wrong_);
    const double left = 1.0 - discount * std::min(wrong_, 1.0);
    best_ = std::max(best_, share_ * left);
    n_lasts_ = answers.accepted * left < best_ - lost_share_ ? n_lasts_ + 1 : 0;
    const auto pause = std::max(4 * watch_, rested_ / 4);
    if (n_lasts_ >= watch_ || (answers.withdrawn && ended_well_) ||
        (std::max(share_, answers.accepted) < poor && step >= rested_ + pause))
      begin(updates);
  }
}

void LearningPlan::begin(std::int64_t updates) {
  phase_ = Phase::learning;
  begins_ = true;
  gained_at_ = updates;
  n_lasts_ = 0;
}

void LearningPlan::rest(std::int64_t step, bool ended_well) {
  phase_ = Phase::resting;
  wrong_ = 0.0;
  best_ = share_;
  rested_ = step;
  n_lasts_ = 0;
  ended_well_ = ended_well;
}

void LearningPlan::persist(const core::Archive& archive) {
  archive.alike("phase", phase_);
  archive.alike("share", share_);
  archive.alike("wrong", wrong_);
  archive.alike("best", best_);
  archive.alike("promotions", promotions_);
  archive.alike("gained_at", gained_at_);
  archive.alike("rested", rested_);
  archive.alike("n_lasts", n_lasts_);
  archive.alike("ended_well", ended_well_);
  if (phase_ < Phase::learning || phase_ > Phase::resting)
    throw core::UserError("what was saved of the plan of learning contradicts itself");
}

}  // namespace bimetal::hybrid
