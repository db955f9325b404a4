#pragma once

#include "app/clock.hpp"
#include "core/archive.hpp"

namespace bimetal::app {

/// How far a run has come, from its very beginning.
struct RunProgress {
  Clock clock;
  double seconds = 0.0;  // in the loop, on this rank

  void persist(const core::Archive& archive) {
    clock.persist(archive.in("clock"));
    archive.maxima("seconds", seconds);
  }
};

}  // namespace bimetal::app
