#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "io/directory_claim.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::io {

/// What to do with files found in the output directory.
enum class OnExisting { refuse, overwrite };

/// Root's claim on an output directory; null on the other ranks.
using Claim = std::unique_ptr<DirectoryClaim>;

/// Makes `path` ready to take the output of a run: creates it, with its parents, or uses it as it is when empty.
/// A directory that holds anything is refused, so that no run is lost by accident; with OnExisting::overwrite the
/// files of an earlier run (see is_run_file) are removed, and nothing else is. One of a run that lives is refused
/// either way. Root does the work, and all ranks look whether they see it; all throw the same UserError, which names
/// the reason and what to do. Collective.
Claim prepare_run_directory(const std::filesystem::path& path, OnExisting on_existing,
                            const parallel::Communicator& comm);

/// What to do with checkpoints that are newer than the one a run goes on from.
enum class Newer { keep, remove };

/// Makes the directory of a run ready for going on after `step`: takes out what is about to be written anew, fields
/// and data of later steps, unfinished files, and the summary. All ranks throw the same UserError if that fails, or
/// if that run still lives. Collective.
Claim continue_run_directory(const std::filesystem::path& path, std::int64_t step, Newer newer,
                             const parallel::Communicator& comm);

/// Whether bimetal gives files this name: config.yaml, fields_000042.h5, surrogate_v01.pt, and so on, and the
/// unfinished ".part" of each, left by a run that was killed. Local.
bool is_run_file(std::string_view name);

}  // namespace bimetal::io
