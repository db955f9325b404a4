#include "io/checkpoint_directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <string_view>
#include <system_error>

#include "core/error.hpp"
#include "io/seal.hpp"

namespace bimetal::io {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view before = "checkpoint_", after = ".h5";
constexpr std::size_t n_kept = 2;

/// Names as root sees them, so that all ranks look at the same files.
std::vector<fs::path> list_as_root(const fs::path& directory, const parallel::Communicator& comm) {
  std::string names;
  if (comm.is_root())
    for (const auto& path : list_checkpoints(directory)) names += path.filename().string() + "\n";
  comm.broadcast(names);
  std::vector<fs::path> paths;
  for (std::size_t start = 0; start < names.size();) {
    const auto end = names.find('\n', start);
    paths.push_back(directory / names.substr(start, end - start));
    start = end + 1;
  }
  return paths;
}

enum class Found { nothing, file, directory };

Found look_for(const fs::path& path, const parallel::Communicator& comm) {
  std::error_code ignored;
  const auto found = fs::is_directory(path, ignored)      ? Found::directory
                     : fs::is_regular_file(path, ignored) ? Found::file
                                                          : Found::nothing;
  comm.agree(found != Found::nothing,
             fmt::format("--restart {}: there is no such directory or file on rank {}; give the output directory of "
                         "the run, or one of its checkpoints",
                         path.string(), comm.rank()));
  return found;
}

}  // namespace

std::string checkpoint_file_name(std::int64_t step) { return fmt::format("{}{:06d}{}", before, step, after); }

std::optional<std::int64_t> step_of_checkpoint(const fs::path& path) {
  const auto name = path.filename().string();
  if (!name.starts_with(before) || !name.ends_with(after)) return std::nullopt;
  std::int64_t step = 0;
  const auto* first = name.data() + before.size();
  const auto* last = name.data() + name.size() - after.size();
  const auto read = std::from_chars(first, last, step);
  if (first == last || read.ec != std::errc() || read.ptr != last) return std::nullopt;
  return step;
}

std::vector<fs::path> list_checkpoints(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end; entry.increment(failed))
    if (step_of_checkpoint(entry->path())) found.push_back(entry->path());
  std::ranges::sort(found, std::greater(), [](const fs::path& path) { return *step_of_checkpoint(path); });
  return found;
}

void remove_older_checkpoints(const fs::path& directory, std::int64_t step) {
  auto paths = list_checkpoints(directory);
  std::erase_if(paths, [&](const fs::path& path) { return *step_of_checkpoint(path) > step; });
  std::error_code ignored;
  for (std::size_t i = n_kept; i < paths.size(); ++i) fs::remove(paths[i], ignored);
}

std::optional<ChosenCheckpoint> choose_checkpoint(const fs::path& directory_or_file,
                                                  const parallel::Communicator& comm) {
  if (look_for(directory_or_file, comm) == Found::file) {
    const auto flaw = flaw_of(directory_or_file, comm);
    if (!flaw.empty())
      throw core::UserError::format("--restart {}: {}; give the directory, for the newest checkpoint that is sound",
                                    directory_or_file.string(), flaw);
    return ChosenCheckpoint{directory_or_file, {}};
  }
  const auto candidates = list_as_root(directory_or_file, comm);
  if (candidates.empty()) return std::nullopt;
  std::vector<std::string> warnings;
  for (const auto& path : candidates) {
    const auto flaw = flaw_of(path, comm);
    if (flaw.empty()) return ChosenCheckpoint{path, std::move(warnings)};
    warnings.push_back(fmt::format("{} is not used: {}", path.string(), flaw));
  }
  throw core::UserError::format("--restart {}: none of its checkpoints can be used ({})", directory_or_file.string(),
                                warnings.front());
}

}  // namespace bimetal::io
