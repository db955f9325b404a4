#include "io/directory_claim.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "core/error.hpp"
#include "core/timer.hpp"

namespace bimetal::io {
namespace {

namespace fs = std::filesystem;
using core::UserError;

// Looks at a directory whose run.lock comes and goes.
constexpr int most_turns = 10;

struct Seen {
  std::string text;
  fs::file_time_type touched;

  bool operator==(const Seen&) const = default;
};

/// What lies there now, or nothing. Opening a file makes network file systems ask their server.
std::optional<Seen> look(const fs::path& file) {
  std::ifstream stream(file);
  if (!stream) return std::nullopt;
  std::error_code failed;
  Seen seen{{std::istreambuf_iterator<char>(stream), {}}, fs::last_write_time(file, failed)};
  return failed ? std::nullopt : std::optional(seen);
}

void pause(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

[[noreturn]] void refuse(const fs::path& directory, const std::optional<RunOwner>& owner, const RunOwner& self) {
  const bool alone = self.ranks == 1 && (!owner || owner->ranks == 1);
  throw UserError::format(
      "The output directory '{}' belongs to a run that lives: {}; choose another one with -o, or wait until that run "
      "has ended{}.",
      directory.string(), owner ? describe(*owner) : "its run.lock is being written",
      alone ? " (if the two are meant to be ranks of one run, the launcher has started each of them alone, as one "
              "for another MPI does)"
            : "");
}

/// The text of `file`, once the run that has left it is dead; nothing if the file is gone. The run is not dead if the
/// file is touched, or written anew, while we watch.
std::optional<std::string> text_of_dead(const fs::path& directory, const fs::path& file, const RunOwner& self,
                                        double patience) {
  const auto before = look(file);
  if (!before) return std::nullopt;
  const auto owner = read_owner(before->text);
  const Life life = owner ? life_of(*owner, self) : Life::unknown;
  if (life == Life::dead) return before->text;
  if (life == Life::lives) refuse(directory, owner, self);
  for (const core::Stopwatch watch; watch.seconds() < patience; pause(patience / 100.0)) {
    const auto now = look(file);
    if (!now) return std::nullopt;
    if (*now != *before) refuse(directory, read_owner(now->text), self);
  }
  return before->text;
}

[[noreturn]] void cannot_write(const fs::path& directory) {
  throw UserError::format("The output directory '{}' cannot be written to: {}; choose another one with -o.",
                          directory.string(), std::strerror(errno));
}

/// Writes a file that nobody else writes.
void write(const fs::path& file, const std::string& text, const fs::path& directory) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (descriptor < 0) cannot_write(directory);
  const bool whole = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (::close(descriptor) == 0 && whole) return;
  ::unlink(file.c_str());
  cannot_write(directory);
}

/// Gives `ours` the name `file` unless that is taken.
bool take_name(const fs::path& ours, const fs::path& file) {
  if (::link(ours.c_str(), file.c_str()) == 0) return true;
  if (errno == EEXIST) return false;
  // There are file systems without links. Whoever looks between the two calls may take it as well, and finds out.
  std::error_code failed;
  return !fs::exists(file, failed) && ::rename(ours.c_str(), file.c_str()) == 0;
}

/// Takes `file` away if it holds `text`. It is looked at under a name of our own, where nobody exchanges it; another
/// run's gets its name back.
void remove_if(const fs::path& file, const std::string& text, const fs::path& own_name) {
  if (::rename(file.c_str(), own_name.c_str()) != 0) return;
  if (const auto seen = look(own_name); seen && seen->text != text) take_name(own_name, file);
  ::unlink(own_name.c_str());
}

}  // namespace

DirectoryClaim::DirectoryClaim(const fs::path& directory, const RunOwner& self, const Rhythm& rhythm)
    : directory_(directory),
      file_(directory / file_name),
      own_name_(directory / fmt::format(".{}_{}_{}", file_name, self.host, self.process)),
      text_(to_text(self)),
      rhythm_(rhythm) {
  ::unlink(own_name_.c_str());
  write(own_name_, text_, directory);
  try {
    for (int turn = 0; !take_name(own_name_, file_); ++turn) {
      if (turn == most_turns) refuse(directory, std::nullopt, self);
      if (const auto dead = text_of_dead(directory, file_, self, rhythm.patience))
        remove_if(file_, *dead, own_name_.string() + "_dead");
    }
  } catch (...) {
    ::unlink(own_name_.c_str());
    throw;
  }
  ::unlink(own_name_.c_str());
  // Where there are no links, two may have taken the name.
  if (const auto seen = look(file_); seen && seen->text != text_) refuse(directory, read_owner(seen->text), self);
  keeper_ = std::thread([this] { keep(); });
}

DirectoryClaim::~DirectoryClaim() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  ends_.notify_one();
  keeper_.join();
  remove_if(file_, text_, own_name_);
}

bool DirectoryClaim::renew() const {
  try {
    write(own_name_, text_, directory_);
  } catch (const UserError&) {
    return true;  // whoever writes here finds out
  }
  take_name(own_name_, file_);
  ::unlink(own_name_.c_str());
  const auto seen = look(file_);
  return seen && seen->text == text_;
}

void DirectoryClaim::keep() {
  std::unique_lock lock(mutex_);
  while (!ends_.wait_for(lock, std::chrono::duration<double>(rhythm_.beat), [this] { return over_; })) {
    const auto seen = look(file_);
    if (seen ? seen->text != text_ : !renew()) {
      lost_ = true;
      return;
    }
    ::utimensat(AT_FDCWD, file_.c_str(), nullptr, 0);  // now, by the clock of the file system
  }
}

void DirectoryClaim::require_kept() const {
  if (!lost_) return;
  const auto seen = look(file_);
  const auto owner = seen ? read_owner(seen->text) : std::nullopt;
  throw core::RuntimeFailure(
      fmt::format("the output directory '{}' belongs to another run now ({}): it took this one for dead, which had "
                  "not touched its {} for {} s",
                  directory_.string(), owner ? describe(*owner) : "unknown", file_name, rhythm_.patience));
}

}  // namespace bimetal::io
