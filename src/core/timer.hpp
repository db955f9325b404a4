#pragma once

#include <chrono>

namespace bimetal::core {

/// Wall-clock seconds since it was made. Local.
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

/// Adds the life of a scope to an account of seconds.
class ScopedTimer {
 public:
  explicit ScopedTimer(double& account) : account_(account) {}
  ~ScopedTimer() { account_ += watch_.seconds(); }
  ScopedTimer(const ScopedTimer&) = delete;
  ScopedTimer& operator=(const ScopedTimer&) = delete;

 private:
  double& account_;
  Stopwatch watch_;
};

}  // namespace bimetal::core
