#include "app/clock.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace bimetal::app {
namespace {

// The first step of a run that chooses its own is careful: nothing is known of it yet.
constexpr double first_share = 0.1;
constexpr double growth = 1.2;
// What is left of time counts as none below this share of a step.
constexpr double round_off = 1e-6;

}  // namespace

bool Clock::done() const { return time_ >= config_.end - round_off * (config_.step ? *config_.step : dt_); }

double Clock::choose(double courant_rate, double expansion_rate) {
  if (config_.step) {
    dt_ = *config_.step;
    limit_ = StepLimit::given;
  } else {
    const double before = dt_;
    dt_ = config_.largest_step;
    limit_ = StepLimit::largest;
    const auto bind = [&](double dt, StepLimit limit) {
      if (dt >= dt_) return;
      dt_ = dt;
      limit_ = limit;
    };
    bind(step_ == 0 ? first_share * config_.largest_step : growth * before, StepLimit::growth);
    if (courant_rate > 0.0) bind(config_.courant / courant_rate, StepLimit::courant);
    if (expansion_rate > 0.0) bind(config_.expansion / expansion_rate, StepLimit::expansion);
    const double left = config_.end - time_;
    if (left < dt_)
      bind(left, StepLimit::end);
    else if (left < 2.0 * dt_)
      bind(0.5 * left, StepLimit::end);
  }
  largest_courant_ = std::max(largest_courant_, dt_ * courant_rate);
  return dt_;
}

void Clock::persist(const core::Archive& archive) {
  archive.alike("time", time_);
  archive.alike("dt", dt_);
  archive.alike("smallest", smallest_);
  archive.alike("largest", largest_);
  archive.alike("largest_courant", largest_courant_);
  archive.alike("step", step_);
  archive.alike("limit", limit_);
  archive.alike("counts", std::span(counts_));
  if (static_cast<std::size_t>(limit_) >= counts_.size() || step_ < 0)
    throw core::UserError("what was saved of the clock contradicts itself");
}

void Clock::advance() {
  smallest_ = step_ == 0 ? dt_ : std::min(smallest_, dt_);
  largest_ = std::max(largest_, dt_);
  ++counts_[static_cast<std::size_t>(limit_)];
  ++step_;
  // A product has no drift.
  time_ = config_.step ? static_cast<double>(step_) * dt_ : time_ + dt_;
}

}  // namespace bimetal::app
