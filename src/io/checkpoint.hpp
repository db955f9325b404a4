#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "core/archive.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::io {

/// Names its state to an archive, be it to save or to restore it. Saving may ask twice.
using Persist = std::function<void(const core::Archive&)>;

/// Writes a checkpoint: an HDF5 file with one dataset for every entry of the state under its name, sealed (seal.hpp),
/// that appears under its name only when it is complete and on disk. On trouble (full disk, missing directory) all
/// ranks throw the same RuntimeFailure, and no part is left behind. Collective.
///
/// alike: [n]. sums, maxima, minima: [n_ranks, n]. rows: [n of all ranks, width], in the order of ranks, and how many
/// each rank had under the same name followed by "_by_rank". points: [nz, ny, nx, width].
void write_checkpoint(const std::filesystem::path& path, const Persist& persist, const parallel::Communicator& comm);

/// Restores what write_checkpoint() saved, on any number of ranks. The seal is not looked at again. UserError, the
/// same on every rank, if the file has other entries than are asked for. Collective.
void restore_checkpoint(const std::filesystem::path& path, const Persist& persist,
                        const parallel::Communicator& comm);

}  // namespace bimetal::io
