#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/archive.hpp"

namespace bimetal::app {

/// What a run says about its state as a whole, beyond the fields: observables.csv while it goes on, and the values at
/// the end for the summary.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Looks at the state after a step of dt [s] that ended at `time` [s]; appends a line. Collective.
  virtual void observe(std::int64_t step, double time, double dt) = 0;
  virtual void persist(const core::Archive& archive) = 0;
  /// The last values. Local.
  virtual nlohmann::ordered_json summary() const = 0;
};

}  // namespace bimetal::app
