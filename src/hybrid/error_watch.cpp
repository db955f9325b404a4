#include "hybrid/error_watch.hpp"

#include <algorithm>
#include <cmath>

namespace bimetal::hybrid {
namespace {

constexpr double sure_deviations = 2.0;  // how sure an accumulated error must be

}  // namespace

ErrorWatch::ErrorWatch(const core::Signature& signature, const HybridOptions& options, parallel::Communicator comm)
    : run_tolerance_(options.switching.run_tolerance),
      expected_steps_(options.expected_steps),
      comm_(std::move(comm)),
      outputs_(signature.outputs),
      account_(outputs_.size()),
      then_(outputs_.size(), 0.0) {}

std::vector<OutputError> ErrorWatch::estimates() const {
  auto sums = std::vector<double>(account_.sums().begin(), account_.sums().end());
  comm_.sum_in_place(std::span<double>(sums));
  comm_.broadcast(std::span<double>(sums));  // decisions rest on them: alike to the bit
  std::vector<OutputError> errors;
  for (const auto& estimate : control::ErrorAccount::estimates(sums))
    errors.push_back({outputs_[errors.size()].name, outputs_[errors.size()].scale, estimate});
  return errors;
}

std::optional<ErrorWatch::Excess> ErrorWatch::excess(std::int64_t step) const {
  if (!run_tolerance_) return std::nullopt;
  const auto errors = estimates();
  const auto left = static_cast<double>(std::max<std::int64_t>(expected_steps_ - step - 1, 0));
  const auto passed = static_cast<double>(step + 1 - since_);
  Excess worst;
  for (std::size_t k = 0; k < errors.size(); ++k) {
    const auto& now = errors[k].estimate;
    const double pace = (now.accumulated - then_[k]) / passed;
    const double expected = std::abs(now.accumulated + pace * left) / outputs_[k].scale;
    const double noise = sure_deviations * now.accumulated_error * (1.0 + left / passed) / outputs_[k].scale;
    if (expected - noise > worst.expected) worst = {errors[k].name, expected - noise};
  }
  return worst.expected > *run_tolerance_ ? std::optional(worst) : std::nullopt;
}

void ErrorWatch::measure_anew(std::int64_t step) {
  const auto errors = estimates();
  since_ = step + 1;
  for (std::size_t k = 0; k < errors.size(); ++k) then_[k] = errors[k].estimate.accumulated;
}

void ErrorWatch::persist(const core::Archive& archive) {
  account_.persist(archive);
  archive.alike("since", since_);
  archive.alike("then", std::span(then_));
}

}  // namespace bimetal::hybrid
