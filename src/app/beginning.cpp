#include "app/beginning.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "config/difference.hpp"
#include "core/error.hpp"
#include "io/checkpoint.hpp"
#include "io/checkpoint_directory.hpp"
#include "io/run_directory.hpp"

namespace bimetal::app {
namespace {

namespace fs = std::filesystem;
using core::UserError;

/// Keys, and sections, that may change between the parts of a run. A mechanism may lie elsewhere; that it is the same
/// one, its fingerprint tells.
constexpr std::array<std::string_view, 9> free_keys{"case",
                                                    "time.end",
                                                    "time.wall_limit",
                                                    "output",
                                                    "faults",
                                                    "chemistry.mechanism",
                                                    "surrogate.model",
                                                    "surrogate.device",
                                                    "training.patience"};

bool is_free(std::string_view key) {
  return std::ranges::any_of(free_keys, [&](std::string_view free) {
    return key == free || (key.starts_with(free) && key[free.size()] == '.');
  });
}

/// The same on all ranks: what root says.
bool as_root(bool value, const parallel::Communicator& comm) {
  return comm.max(comm.is_root() && value ? 1.0 : 0.0) > 0.0;
}

bool same_directory(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::weakly_canonical(a.empty() ? "." : a, ignored) == fs::weakly_canonical(b.empty() ? "." : b, ignored);
}

void require_same_problem(const std::string& before, const std::string& now, const fs::path& checkpoint) {
  for (const auto& difference : config::differences(before, now))
    if (!is_free(difference.key))
      throw UserError::format(
          "--restart: {} was {} in the run that {} comes from and is {} now; only time.end, time.wall_limit, output "
          "and paths may change between the parts of a run",
          difference.key, difference.before, checkpoint.string(), difference.now);
}

/// Reads the step, and compares the input with that of the run so far. Collective.
std::int64_t read_step(const fs::path& checkpoint, const RunConfig& config, const std::string& fingerprint,
                       const parallel::Communicator& comm) {
  std::string before, fingerprint_before;
  std::int64_t step = 0;
  const auto persist = [&](const core::Archive& archive) {
    archive.alike("config", before);
    archive.alike("step", step);
    archive.alike("fingerprint", fingerprint_before);
  };
  io::restore_checkpoint(checkpoint, persist, comm);
  require_same_problem(before, config.resolved, checkpoint);
  if (fingerprint_before != fingerprint)
    throw UserError::format("--restart: the sub-problems are not those of the run that {} comes from: {}",
                            checkpoint.string(), config.physics->identity());
  return step;
}

/// Whether a restart is to begin from nothing: the run has neither a checkpoint nor a summary, since it was killed
/// before its first checkpoint or never begun.
bool has_nothing_yet(const fs::path& restart, const fs::path& output) {
  std::error_code ignored;
  return same_directory(restart, output) && io::list_checkpoints(restart).empty() &&
         !fs::exists(restart / "summary.json", ignored) && !fs::is_regular_file(restart, ignored);
}

void refuse_to_rewind(const fs::path& checkpoint, std::int64_t step, const parallel::Communicator& comm) {
  std::string newest;
  if (comm.is_root()) {
    const auto all = io::list_checkpoints(checkpoint.parent_path());
    if (!all.empty() && *io::step_of_checkpoint(all.front()) > step) newest = all.front().string();
  }
  comm.agree(
      newest.empty(),
      fmt::format("--restart {}: there is a newer one, {}; pass --overwrite to go back and lose what came after "
                  "step {}, or -o to go on in another directory",
                  checkpoint.string(), newest, step));
}

}  // namespace

Beginning begin(const RunCommand& command, const RunConfig& config, const std::string& fingerprint,
                const parallel::Communicator& comm) {
  const fs::path output = config.output.directory;
  Beginning beginning;
  if (!command.restart) {
    beginning.claim = io::prepare_run_directory(output, command.on_existing, comm);
    return beginning;
  }
  const fs::path asked = *command.restart;
  if (as_root(has_nothing_yet(asked, output), comm)) {
    beginning.claim = io::prepare_run_directory(output, io::OnExisting::overwrite, comm);
    beginning.remarks.push_back(
        fmt::format("there is no checkpoint in {} yet: the run begins from the start", asked.string()));
    return beginning;
  }
  auto chosen = io::choose_checkpoint(asked, comm);
  if (!chosen)
    throw UserError::format(
        "--restart {}: there is no checkpoint in it; runs write them with output.checkpoint_every", asked.string());
  const auto& path = chosen->path;
  beginning.step = read_step(path, config, fingerprint, comm);
  beginning.in_place = as_root(same_directory(path.parent_path(), output), comm);
  const bool rewinds = path == asked && command.on_existing == io::OnExisting::overwrite;
  if (beginning.in_place) {
    if (path == asked && !rewinds) refuse_to_rewind(path, beginning.step, comm);
    const auto newer = rewinds ? io::Newer::remove : io::Newer::keep;
    beginning.claim = io::continue_run_directory(output, beginning.step, newer, comm);
  } else {
    beginning.claim = io::prepare_run_directory(output, command.on_existing, comm);
  }
  beginning.remarks = std::move(chosen->warnings);
  beginning.checkpoint = path;
  return beginning;
}

}  // namespace bimetal::app
