#pragma once

#include <cstdint>
#include <filesystem>

namespace bimetal::io {

/// Makes sure that a file that is open for writing can grow by `bytes` bytes, by reserving the space behind its end;
/// what is not used goes back when the file gets its final length, or is removed. RuntimeFailure names the size and
/// the reason (full disk, quota, file-size limit). A file system that cannot reserve space is given the benefit of
/// the doubt. Local.
///
/// Worth asking beforehand because it is too late afterwards: when a disk fills up under a collective write, OpenMPI
/// 4.1 may not return on all ranks, and HDF5 1.10 may crash over what it cannot flush.
void reserve_space(const std::filesystem::path& path, std::int64_t bytes);

}  // namespace bimetal::io
