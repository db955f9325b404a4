#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "parallel/communicator.hpp"

namespace bimetal::io {

/// A file is sealed by its first `seal_bytes` bytes, plain text: how long it is, and a checksum of all that follows.
/// Any single byte that is changed, and any that is missing or too many, breaks the seal; so does nearly everything
/// else. Not meant against forgers. (An HDF5 file has room for it in front: its user block.)
inline constexpr std::int64_t seal_bytes = 512;

/// Writes the seal of a file that has left room for it, and waits until the whole is on disk. Every rank reads its
/// share of the file. RuntimeFailure, the same on every rank, if that fails. Collective.
void seal(const std::filesystem::path& path, const parallel::Communicator& comm);

/// Why a file is not as it was sealed, "" if it is; the same on every rank. Collective.
std::string flaw_of(const std::filesystem::path& path, const parallel::Communicator& comm);

}  // namespace bimetal::io
