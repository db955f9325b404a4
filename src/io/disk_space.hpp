#pragma once

#include <cstdint>
#include <filesystem>

namespace bimetal::io {

/// Finds out whether a file of `bytes` bytes can be written at `path` now, by reserving the space and giving it
/// back; leaves an empty file there. RuntimeFailure names the size and the reason (full disk, quota, file-size limit,
/// missing directory). A file system that cannot reserve space is given the benefit of the doubt. Local.
///
/// Worth asking beforehand because it is too late afterwards: when a disk fills up under a collective write, OpenMPI
/// 4.1 may not return on all ranks, and HDF5 1.10 may crash over what it cannot flush.
void require_space(const std::filesystem::path& path, std::int64_t bytes);

/// The same for `bytes` more bytes behind the end of a file that is being written. Local.
void require_more_space(const std::filesystem::path& path, std::int64_t bytes);

}  // namespace bimetal::io
