#pragma once

#include <optional>
#include <string>

#include "app/checkpoints.hpp"
#include "app/run_output.hpp"
#include "app/run_progress.hpp"
#include "app/simulation.hpp"
#include "app/stop.hpp"

namespace bimetal::app {

/// The one loop: advances the simulation to its end and writes what is due on the way. Gives why it stopped before
/// the end, by a signal or the wall limit, with the state saved; nothing if it did not. RuntimeFailure, the same on
/// every rank, when a sub-problem cannot be solved or the state is no longer finite. Collective.
std::optional<std::string> march(Simulation& simulation, RunOutput& output, Checkpoints& checkpoints,
                                 RunProgress& progress, SafePoint& safe_point, const parallel::Communicator& comm);

}  // namespace bimetal::app
