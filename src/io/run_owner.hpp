#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bimetal::io {

/// Who writes into an output directory: the process of a run's first rank, which can be told from every other
/// process, past ones included.
struct RunOwner {
  std::string host;           // for people: names of hosts need not be unique
  std::string machine;        // this boot of the kernel and its namespace of processes, within which `process` counts
  std::int64_t process = 0;   // its id
  std::uint64_t started = 0;  // when, in ticks since the boot: ids are used again
  std::string since;          // when the run began, for people
  int ranks = 1;
  std::string job;            // of Slurm; "" outside of one
  std::int64_t requeued = 0;  // how often Slurm has queued the job again

  bool operator==(const RunOwner&) const = default;
};

/// This process, for a run on so many ranks. Local.
RunOwner this_process(int ranks);

/// One line for each member, "name: value", and back; none for text that is not of this form. Local.
std::string to_text(const RunOwner& owner);
std::optional<RunOwner> read_owner(std::string_view text);

/// For a message: "process 42 on n1 (Slurm job 7), begun 2026-03-01 12:00:00". Local.
std::string describe(const RunOwner& owner);

enum class Life { lives, dead, unknown };

/// Whether that process still runs, as far as `self` can tell at once: of a process elsewhere only that it is dead,
/// if it belongs to an earlier attempt of the job that `self` belongs to. Local.
Life life_of(const RunOwner& owner, const RunOwner& self);

}  // namespace bimetal::io
