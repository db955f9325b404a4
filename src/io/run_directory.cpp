#include "io/run_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "core/error.hpp"
#include "core/timer.hpp"

namespace bimetal::io {
namespace {

namespace fs = std::filesystem;
using core::UserError;

constexpr std::array<std::string_view, 7> plain_names{"config.yaml", "summary.json", "history.csv", "observables.csv",
                                                      "fields.xdmf", "data.h5",      "log.txt"};

struct Numbered {
  std::string_view before, after;
};
constexpr Numbered field_names{"fields_", ".h5"}, checkpoint_names{"checkpoint_", ".h5"}, data_names{"data_", ".h5"};
constexpr std::array<Numbered, 5> numbered_names{
    {field_names, checkpoint_names, data_names, {"surrogate_v", ".pt"}, {"failed_reactors_", ".json"}}};

std::optional<std::int64_t> number_in(std::string_view name, const Numbered& pattern) {
  if (!name.starts_with(pattern.before) || !name.ends_with(pattern.after)) return std::nullopt;
  if (name.size() <= pattern.before.size() + pattern.after.size()) return std::nullopt;
  name.remove_prefix(pattern.before.size());
  name.remove_suffix(pattern.after.size());
  std::int64_t number = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
  if (read.ec != std::errc() || read.ptr != name.data() + name.size() || name.front() == '-') return std::nullopt;
  return number;
}

struct Contents {
  std::vector<fs::path> run_files;
  std::vector<fs::path> foreign;
};

Contents list(const fs::path& directory) {
  std::error_code failed;
  Contents contents;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end; entry.increment(failed)) {
    std::error_code vanished;
    const std::string name = entry->path().filename().string();
    if (name == DirectoryClaim::file_name || name.starts_with(fmt::format(".{}_", DirectoryClaim::file_name)))
      continue;  // claims look after themselves
    const bool ours = is_run_file(name) && !entry->is_directory(vanished);
    (ours ? contents.run_files : contents.foreign).push_back(entry->path());
  }
  if (failed)
    throw UserError::format("The output directory '{}' cannot be read: {}; choose another one with -o.",
                            directory.string(), failed.message());
  return contents;
}

void create(const fs::path& path) {
  std::error_code failed;
  if (fs::exists(path, failed) && !fs::is_directory(path))
    throw UserError::format("The output directory '{}' is a file; choose another one with -o.", path.string());
  failed.clear();
  fs::create_directories(path, failed);
  if (failed)
    throw UserError::format("The output directory '{}' cannot be created: {}; choose another one with -o.",
                            path.string(), failed.message());
}

fs::path probe_in(const fs::path& directory) { return directory / (".bimetal_probe_" + std::to_string(::getpid())); }

void leave_probe(const fs::path& directory) {
  const auto probe = probe_in(directory);
  const int descriptor = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (descriptor < 0)
    throw UserError::format("The output directory '{}' cannot be written to: {}; choose another one with -o.",
                            directory.string(), std::strerror(errno));
  ::close(descriptor);
}

void refuse_used(const fs::path& directory, const Contents& contents) {
  if (!contents.run_files.empty())
    throw UserError::format(
        "The output directory '{}' holds a run already (it has a {}); choose another one with -o, or pass "
        "--overwrite "
        "to replace that run.",
        directory.string(), std::ranges::min(contents.run_files).filename().string());
  if (!contents.foreign.empty())
    throw UserError::format(
        "The output directory '{}' is not empty (it has a '{}'); choose another one with -o, or pass --overwrite to "
        "write into it and leave those files alone.",
        directory.string(), std::ranges::min(contents.foreign).filename().string());
}

void remove_run(const Contents& contents) {
  for (const auto& file : contents.run_files) {
    std::error_code failed;
    fs::remove(file, failed);
    if (failed)
      throw UserError::format("'{}' of an earlier run cannot be removed: {}; choose another directory with -o.",
                              file.string(), failed.message());
  }
}

/// Before anything is looked at or removed: a run that lives must be left alone, and its directory may be anything.
Claim claim(const fs::path& path, int ranks) { return std::make_unique<DirectoryClaim>(path, this_process(ranks)); }

Claim prepare(const fs::path& path, OnExisting on_existing, int ranks) {
  if (path.empty()) throw UserError("The output directory has an empty name; choose one with -o.");
  create(path);
  auto claimed = claim(path, ranks);
  const Contents contents = list(path);
  if (on_existing == OnExisting::refuse) refuse_used(path, contents);
  remove_run(contents);
  return claimed;
}

/// Whether a file of the run so far is about to be written anew by one that goes on after `step`.
bool is_later(std::string_view name, std::int64_t step, Newer newer) {
  if (name.ends_with(".part") || name == "summary.json") return true;
  if (newer == Newer::remove && number_in(name, checkpoint_names).value_or(-1) > step) return true;
  return number_in(name, field_names).value_or(-1) > step || number_in(name, data_names).value_or(-1) >= step;
}

Claim continue_in(const fs::path& path, std::int64_t step, Newer newer, int ranks) {
  auto claimed = claim(path, ranks);
  Contents contents = list(path);
  std::erase_if(contents.run_files,
                [&](const fs::path& file) { return !is_later(file.filename().string(), step, newer); });
  remove_run(contents);
  return claimed;
}

/// Root does the work; all ranks throw its UserError. Collective.
void as_root(const parallel::Communicator& comm, const std::function<void()>& work) {
  std::string problem;
  if (comm.is_root()) {
    try {
      work();
    } catch (const UserError& error) {
      problem = error.what();
    }
  }
  comm.agree(problem.empty(), problem);
}

/// All ranks write fields and checkpoints, so they must mean the same directory by `path`: all look for a probe that
/// root leaves there. A network file system may take a while to show it. Collective.
void require_shared(const fs::path& path, const parallel::Communicator& comm) {
  constexpr double patience = 5.0;  // [s]
  as_root(comm, [&] { leave_probe(path); });
  std::string probe = probe_in(path).filename().string();
  comm.broadcast(probe);
  const core::Stopwatch watch;
  std::error_code ignored;
  bool seen = fs::exists(path / probe, ignored);
  while (!seen && watch.seconds() < patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    seen = fs::exists(path / probe, ignored);
  }
  comm.barrier();
  if (comm.is_root()) fs::remove(path / probe, ignored);
  comm.agree(seen,
             fmt::format("The output directory '{}' of rank {} is not that of rank 0; start all ranks in the same "
                         "directory, and choose one that they share with -o.",
                         path.string(), comm.rank()));
}

}  // namespace

bool is_run_file(std::string_view name) {
  if (name.ends_with(".part")) name.remove_suffix(5);
  return std::ranges::find(plain_names, name) != plain_names.end() ||
         std::ranges::any_of(numbered_names,
                             [&](const Numbered& pattern) { return number_in(name, pattern).has_value(); });
}

Claim prepare_run_directory(const fs::path& path, OnExisting on_existing, const parallel::Communicator& comm) {
  Claim claimed;
  as_root(comm, [&] { claimed = prepare(path, on_existing, comm.size()); });
  require_shared(path, comm);
  return claimed;
}

Claim continue_run_directory(const fs::path& path, std::int64_t step, Newer newer,
                             const parallel::Communicator& comm) {
  Claim claimed;
  as_root(comm, [&] { claimed = continue_in(path, step, newer, comm.size()); });
  require_shared(path, comm);
  return claimed;
}

}  // namespace bimetal::io
