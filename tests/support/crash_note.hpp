#pragma once

#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bimetal::testing {

/// Says what a test was at when the process dies of a signal, also of a stack overflow, and ends it when one step
/// takes too long: in processor time, for a busy machine may let a process wait. One at a time; what the signals did
/// before is restored.
class CrashNote {
 public:
  explicit CrashNote(unsigned seconds_per_step) : seconds_(seconds_per_step), stack_(64 * 1024) {
    stack_t stack{};
    stack.ss_sp = stack_.data();
    stack.ss_size = stack_.size();
    sigaltstack(&stack, &old_stack_);
    struct sigaction action {};
    action.sa_handler = &say_and_die;
    action.sa_flags = SA_ONSTACK;
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &action, &old_actions()[i]);
  }
  ~CrashNote() {
    set_timer(0);
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &old_actions()[i], nullptr);
    sigaltstack(&old_stack_, nullptr);
  }
  CrashNote(const CrashNote&) = delete;
  CrashNote& operator=(const CrashNote&) = delete;

  /// Begins a step: its time runs from now on.
  void begin(std::string step) {
    note() = "\ndied at: " + std::move(step) + "\n";
    set_timer(seconds_);
  }

 private:
  static constexpr std::array signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPROF};

  static void set_timer(unsigned seconds) {
    itimerval timer{};
    timer.it_value.tv_sec = static_cast<time_t>(seconds);
    setitimer(ITIMER_PROF, &timer, nullptr);  // raises SIGPROF
  }
  static std::string& note() {
    static std::string text;
    return text;
  }
  static std::array<struct sigaction, signals.size()>& old_actions() {
    static std::array<struct sigaction, signals.size()> actions;
    return actions;
  }
  static void say_and_die(int number) {
    [[maybe_unused]] const auto written = write(STDERR_FILENO, note().data(), note().size());
    for (std::size_t i = 0; i < signals.size(); ++i)
      if (signals[i] == number) sigaction(number, &old_actions()[i], nullptr);
    raise(number);  // arrives when this returns
  }

  unsigned seconds_;
  std::vector<char> stack_;
  stack_t old_stack_{};
};

/// Largest resident memory of the process so far [MB].
inline double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace bimetal::testing
