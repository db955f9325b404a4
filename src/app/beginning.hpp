#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/arguments.hpp"
#include "app/run_config.hpp"
#include "io/run_directory.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::app {

/// What a run starts from.
struct Beginning {
  std::optional<std::filesystem::path> checkpoint;  // nothing: its initial condition
  std::int64_t step = 0;                            // done before
  bool in_place = false;  // in the directory of that checkpoint: its history, fields and data are continued
  io::Claim claim;        // on the output directory, for as long as the run writes there
  std::vector<std::string> remarks;  // for the log
};

/// Finds the checkpoint that --restart asks for, the newest sound one of a directory or a given file, and makes the
/// output directory ready. Of the input only what does not touch the problem may have changed. A run that was killed
/// before its first checkpoint begins from the start. UserError, the same on every rank. Collective.
/// fingerprint: of the run's sub-problems.
Beginning begin(const RunCommand& command, const RunConfig& config, const std::string& fingerprint,
                const parallel::Communicator& comm);

}  // namespace bimetal::app
