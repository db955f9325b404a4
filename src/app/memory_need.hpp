#pragma once

#include "app/physics.hpp"
#include "app/run_config.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::app {

/// What the large things of a run take [bytes], to within a factor of two.
struct MemoryNeed {
  double fields = 0.0;     // of all ranks together
  double surrogate = 0.0;  // of each rank: networks, optimiser, replay
};

/// The need of a run on so many ranks. Local.
MemoryNeed memory_need(const RunConfig& config, const Physics& physics, int n_ranks);

/// Refuses a run that a node cannot hold, by UserError, before it is killed for trying. Collective.
void require_memory(const RunConfig& config, const Physics& physics, const parallel::Communicator& comm);

}  // namespace bimetal::app
