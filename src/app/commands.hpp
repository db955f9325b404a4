#pragma once

#include "app/arguments.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::app {

/// Each carries out one command and returns the exit code. Collective.
int execute(const RunCommand& command, const parallel::Communicator& world);
int execute(const CheckCommand& command, const parallel::Communicator& world);
int execute(const ReactorCommand& command, const parallel::Communicator& world);
int execute(const ReplayCommand& command, const parallel::Communicator& world);
int execute(const CellCommand& command, const parallel::Communicator& world);
int execute(const ModelCommand& command, const parallel::Communicator& world);
int execute(const CompareCommand& command, const parallel::Communicator& world);
int execute(const InfoCommand& command, const parallel::Communicator& world);
int execute(const WatchCommand& command, const parallel::Communicator& world);
int execute(const PrintCommand& command, const parallel::Communicator& world);

}  // namespace bimetal::app
