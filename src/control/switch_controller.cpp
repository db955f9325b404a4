#include "control/switch_controller.hpp"

#include <algorithm>
#include <limits>

#include "core/error.hpp"
#include "core/random.hpp"

namespace bimetal::control {
namespace {

/// The correction aims below alpha, by what the certificate will need as its own margin.
constexpr double aimed_share = 0.8;
constexpr double inert_audit_share = 0.1;

double coin(std::uint64_t seed, std::int64_t step, std::int64_t id) {
  return core::random_uniform(seed, core::Purpose::audit, static_cast<std::uint64_t>(step),
                              static_cast<std::uint64_t>(id));
}

}  // namespace

void RowCounts::add(const RowCounts& other) {
  Array sum = to_array();
  const Array more = other.to_array();
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
  *this = from_array(sum);
}

SwitchController::SwitchController(const SwitchOptions& options, std::uint64_t seed)
    : options_(options), seed_(seed), target_(options.wrong_fraction) {
  EXPECT(options.tolerance > 0.0 && options.audit_fraction > 0.0 && options.audit_fraction <= 1.0);
  update_threshold();
}

bool SwitchController::audits(std::int64_t step, std::int64_t id) const {
  return coin(seed_, step, id) < options_.audit_fraction;
}

bool SwitchController::audits_inert(std::int64_t step, std::int64_t id) const {
  return coin(seed_, step, id) < inert_audit_share * options_.audit_fraction;
}

void SwitchController::close_window() {
  correct_target();
  memory_.push_back(window_);
  window_ = {};
  if (static_cast<std::int64_t>(memory_.size()) > options_.memory) memory_.pop_front();
  update_threshold();
}

void SwitchController::restart(const ScoreHistogram& calibration) {
  memory_.assign(1, calibration);
  window_ = {};
  update_threshold();
}

void SwitchController::correct_target() {
  std::int64_t audits = 0, wrong = 0;
  for (int b = 0; b < ScoreHistogram::n_bins && ScoreHistogram::edge(b) <= threshold_.score; ++b) {
    audits += window_.audits(b);
    wrong += window_.wrong(b);
  }
  const double alpha = options_.wrong_fraction;
  const double seen = audits > 0 ? static_cast<double>(wrong) / static_cast<double>(audits) : 0.0;
  target_ = std::clamp(target_ + options_.correction * (aimed_share * alpha - seen), 0.05 * alpha, alpha);
}

void SwitchController::update_threshold() {
  ScoreHistogram known;
  for (const auto& window : memory_) known.add(window);
  threshold_ = choose_threshold(known, target_, options_.confidence);
  switch (options_.policy) {
    case Policy::certified: break;
    case Policy::threshold: threshold_.score = options_.threshold; break;
    case Policy::always: threshold_.score = std::numeric_limits<double>::infinity(); break;
    case Policy::never: threshold_.score = -1.0; break;
  }
}

}  // namespace bimetal::control
