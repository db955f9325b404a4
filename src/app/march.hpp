#pragma once

#include "app/run_output.hpp"
#include "app/simulation.hpp"

namespace bimetal::app {

/// Seconds of the parts of a run that the hybrid does not account for, on this rank.
struct MarchSeconds {
  double total = 0.0;
  double transport = 0.0;
  double pressure = 0.0;  // with momentum
};

/// The one loop: advances the simulation to its end and writes what is due on the way. RuntimeFailure, the same on
/// every rank, when a sub-problem cannot be solved or the state is no longer finite. Collective.
MarchSeconds march(const RunConfig& config, Simulation& simulation, RunOutput& output,
                   const parallel::Communicator& comm);

}  // namespace bimetal::app
