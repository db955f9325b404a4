#pragma once

#include <filesystem>
#include <string_view>

namespace bimetal::io {

/// The name under which a file is written before it is complete: `path` with ".part" behind it.
std::filesystem::path part_of(const std::filesystem::path& path);

/// Waits until what was written to `path`, a file or a directory, is on disk. RuntimeFailure names the reason. Local.
void sync_to_disk(const std::filesystem::path& path);

/// Brings the finished `part_of(path)` to disk and gives it its name in one stroke: whoever looks at `path` finds
/// the old file or the new one, never half a one, even if the machine goes down. RuntimeFailure names the reason.
/// Local.
void publish(const std::filesystem::path& path);

/// Writes `text` to `path` as publish() does. Local.
void write_atomically(const std::filesystem::path& path, std::string_view text);

}  // namespace bimetal::io
