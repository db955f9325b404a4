#include "io/run_owner.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace bimetal::io {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string first_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

/// Containers on one host count their processes apart, under the same boot of the kernel. Empty if it cannot be read.
std::string machine_id() {
  std::error_code ignored;
  const auto boot = first_line("/proc/sys/kernel/random/boot_id");
  const auto processes = std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
  return boot.empty() || processes.empty() ? "" : boot + " " + processes;
}

struct Process {
  char state = '?';
  std::uint64_t started = 0;
};

/// proc(5): the fields behind the name, which is in brackets and may hold anything; state is the 3rd of all, the
/// start the 22nd.
std::optional<Process> look_at(std::int64_t id) {
  const std::string line = first_line(fmt::format("/proc/{}/stat", id));
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  Process process;
  std::string skipped;
  fields >> process.state;
  for (int i = 4; i < 22; ++i) fields >> skipped;
  fields >> process.started;
  return fields ? std::optional(process) : std::nullopt;
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

/// Takes the next line off `text`, which must begin with "name: "; its rest is the value.
std::optional<std::string_view> take(std::string_view& text, std::string_view name) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  if (!line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  if (!line.starts_with(": ")) return std::nullopt;
  return line.substr(2);
}

}  // namespace

RunOwner this_process(int ranks) {
  RunOwner self{.host = host_name(),
                .machine = machine_id(),
                .process = ::getpid(),
                .started = look_at(::getpid()).value_or(Process{}).started,
                .since = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(std::time(nullptr))),
                .ranks = ranks,
                .job = variable("SLURM_JOB_ID")};
  read_number(variable("SLURM_RESTART_COUNT"), self.requeued);  // set only in a job that has been queued again
  return self;
}

std::string to_text(const RunOwner& owner) {
  return fmt::format("host: {}\nmachine: {}\nprocess: {}\nstarted: {}\nsince: {}\nranks: {}\njob: {}\nrequeued: {}\n",
                     owner.host, owner.machine, owner.process, owner.started, owner.since, owner.ranks, owner.job,
                     owner.requeued);
}

std::optional<RunOwner> read_owner(std::string_view text) {
  RunOwner owner;
  const auto word = [&](std::string_view name, std::string& target) {
    const auto value = take(text, name);
    if (value) target = *value;
    return value.has_value();
  };
  const auto number = [&](std::string_view name, auto& target) {
    const auto value = take(text, name);
    return value && read_number(*value, target);
  };
  const bool whole = word("host", owner.host) && word("machine", owner.machine) && number("process", owner.process) &&
                     number("started", owner.started) && word("since", owner.since) && number("ranks", owner.ranks) &&
                     word("job", owner.job) && number("requeued", owner.requeued) && text.empty();
  return whole ? std::optional(owner) : std::nullopt;
}

std::string describe(const RunOwner& owner) {
  const auto job = owner.job.empty() ? "" : fmt::format(" (Slurm job {})", owner.job);
  return fmt::format("process {} on {}{}, begun {}", owner.process, owner.host, job, owner.since);
}

Life life_of(const RunOwner& owner, const RunOwner& self) {
  if (!owner.job.empty() && owner.job == self.job && owner.requeued < self.requeued) return Life::dead;
  if (self.machine.empty() || owner.machine != self.machine) return Life::unknown;
  if (::kill(static_cast<pid_t>(owner.process), 0) != 0 && errno == ESRCH) return Life::dead;
  const auto process = look_at(owner.process);
  if (!process) return Life::unknown;                                 // somebody else's, and hidden
  const bool ended = process->state == 'Z' || process->state == 'X';  // and nobody has asked for its exit code
  return ended || process->started != owner.started ? Life::dead : Life::lives;
}

}  // namespace bimetal::io
