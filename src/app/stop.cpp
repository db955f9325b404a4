#include "app/stop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>

namespace bimetal::app {
namespace {

constexpr std::array held{SIGTERM, SIGINT, SIGUSR1, SIGUSR2};
// A step may be longer than any before it, and a disk slower.
constexpr double to_spare = 1.5;

std::atomic<int> last_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void note_signal(int number) noexcept {
  if (number == SIGINT && last_signal == SIGINT) std::_Exit(128 + SIGINT);
  last_signal = number;
}

const char* name_of(int number) {
  switch (number) {
    case SIGTERM: return "SIGTERM";
    case SIGINT: return "SIGINT";
    case SIGUSR1: return "SIGUSR1";
    case SIGUSR2: return "SIGUSR2";
    default: return "a signal";
  }
}

}  // namespace

SignalsHeld::SignalsHeld() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  for (const int number : held) sigaction(number, &action, nullptr);
}

SignalsHeld::~SignalsHeld() {
  for (const int number : held) std::signal(number, SIG_DFL);
}

int SignalsHeld::arrived() { return last_signal; }

SafePoint::SafePoint(const Options& options, const core::Stopwatch& since_start)
    : options_(options), since_start_(since_start) {}

Request SafePoint::look(const parallel::Communicator& comm) {
  longest_step_ = std::max(longest_step_, since_step_.seconds());
  const double needed = to_spare * (longest_step_ + longest_checkpoint_);
  const bool over = options_.wall_limit && since_start_.seconds() + needed > *options_.wall_limit;
  const bool due = options_.checkpoint_seconds > 0.0 && since_checkpoint_.seconds() > options_.checkpoint_seconds;
  std::array<double, 3> noticed{static_cast<double>(SignalsHeld::arrived()), over ? 1.0 : 0.0, due ? 1.0 : 0.0};
  comm.max_in_place(noticed);
  since_step_ = core::Stopwatch();
  Request request{.stop = std::nullopt, .checkpoint = noticed[2] > 0.0};
  if (noticed[0] > 0.0)
    request.stop = name_of(static_cast<int>(noticed[0]));
  else if (noticed[1] > 0.0)
    request.stop = fmt::format("time.wall_limit of {} s", *options_.wall_limit);
  return request;
}

void SafePoint::note_checkpoint(double seconds) {
  longest_checkpoint_ = std::max(longest_checkpoint_, seconds);
  since_checkpoint_ = core::Stopwatch();
  since_step_ = core::Stopwatch();
}

}  // namespace bimetal::app
