#pragma once

#include "app/clock.hpp"
#include "core/archive.hpp"

namespace bimetal::app {

/// Seconds of the parts of a run that the hybrid does not account for, on this rank.
struct MarchSeconds {
  double total = 0.0;
  double transport = 0.0;
  double pressure = 0.0;  // with momentum
};

/// How far a run has come, from its very beginning.
struct RunProgress {
  Clock clock;
  MarchSeconds seconds;

  void persist(const core::Archive& archive) {
    clock.persist(archive.in("clock"));
    archive.maxima("total_seconds", seconds.total);
    archive.sums("transport_seconds", seconds.transport);
    archive.sums("pressure_seconds", seconds.pressure);
  }
};

}  // namespace bimetal::app
