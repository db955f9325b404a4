#pragma once

#include <filesystem>

#include "io/hdf5.hpp"
#include "parallel/communicator.hpp"

// Private to this folder: it brings in HDF5.

namespace bimetal::io {

/// Creates an HDF5 file that all ranks write to, with room on the disk for so many bytes; what is there already is
/// replaced. `user_block`: bytes left free in front of it, 0 or a power of two from 512 on. RuntimeFailure, the same
/// on every rank; a file for which there is no room is not even opened. Collective.
hdf5::File create_shared_file(const std::filesystem::path& path, std::int64_t bytes,
                              const parallel::Communicator& comm, std::int64_t user_block = 0);
/// Opens one that all ranks read. Collective.
hdf5::File open_shared_file(const std::filesystem::path& path, const parallel::Communicator& comm);

/// Gives up a file that could not be written, and removes it. HDF5 1.10 crashes on the way out of the program if it
/// cannot flush a file, so the data goes first: then there is room again for the few headers that closing writes.
/// Collective.
void discard_shared_file(hdf5::File& file, const std::filesystem::path& path, const parallel::Communicator& comm);

/// How to move data between such a file and the memory of its ranks: all of them at once. Local.
hdf5::Properties collective_transfer(const parallel::Communicator& comm);

}  // namespace bimetal::io
