#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "parallel/communicator.hpp"

namespace bimetal::io {

/// "checkpoint_000042.h5".
std::string checkpoint_file_name(std::int64_t step);
/// The way back; nothing if it is no such name.
std::optional<std::int64_t> step_of_checkpoint(const std::filesystem::path& path);

/// The checkpoints of a directory, the newest first; none if there is no such directory. Local.
std::vector<std::filesystem::path> list_checkpoints(const std::filesystem::path& directory);

/// Removes all but the last two of the checkpoints up to this step, now that it has one. A file that cannot be
/// removed stays. Local.
void remove_older_checkpoints(const std::filesystem::path& directory, std::int64_t step);

/// A checkpoint to go on from.
struct ChosenCheckpoint {
  std::filesystem::path path;
  std::vector<std::string> warnings;  // about newer ones that are damaged
};

/// Of a directory the newest one that is as it was sealed, nothing if it has no checkpoints; or this very file.
/// UserError, the same on every rank, if there is no such directory or file, or if nothing in it is sound.
/// Collective.
std::optional<ChosenCheckpoint> choose_checkpoint(const std::filesystem::path& directory_or_file,
                                                  const parallel::Communicator& comm);

}  // namespace bimetal::io
