#pragma once

#include "parallel/communicator.hpp"

namespace bimetal::app {

/// UserError on every rank, unless all run the same version of the program and were started with the same words:
/// ranks that want different things would wait for each other for ever. The first thing that ranks do together.
/// Collective.
void require_same_start(int argc, const char* const* argv, const parallel::Communicator& world);

}  // namespace bimetal::app
