#include "io/progress.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace bimetal::io {
namespace {

constexpr double terminal_interval = 0.2;  // [s]
constexpr double lines_interval = 30.0;    // [s]
constexpr double lines_fraction = 0.05;
constexpr double memory = 20.0;  // wall time over which the step rate is averaged [s]
constexpr const char* wipe = "\r\033[K";

// Rounds down: a run is at 100 % when it is done, not before.
int percent(double fraction) { return static_cast<int>(std::floor(100.0 * std::clamp(fraction, 0.0, 1.0) + 1e-9)); }

}  // namespace

std::string format_duration(double seconds) {
  const auto total = static_cast<std::int64_t>(std::llround(std::max(seconds, 0.0)));
  const auto days = total / 86400, hours = total / 3600 % 24, minutes = total / 60 % 60, rest = total % 60;
  if (days > 0) return fmt::format("{} d {}:{:02}:{:02}", days, hours, minutes, rest);
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, rest);
  return fmt::format("{}:{:02}", minutes, rest);
}

std::string format_progress(const ProgressState& state, std::optional<double> steps_per_s,
                            std::optional<double> remaining_s) {
  std::string text = fmt::format("{:3} %  step {}  t = {:.3e} s", percent(state.fraction), state.step, state.time);
  if (steps_per_s) text += fmt::format("  {:.3g} steps/s", *steps_per_s);
  if (remaining_s) text += fmt::format("  {} left", format_duration(*remaining_s));
  if (state.surrogate_share)
    text += fmt::format("  surrogate {:.0f} % of the active", 100.0 * *state.surrogate_share);
  return text;
}

ProgressStyle progress_style(std::FILE* out) {
  if (!::isatty(::fileno(out))) return ProgressStyle::lines;
  // OpenMPI gives its processes a terminal of their own, whatever mpirun itself writes to; so look at the parent.
  if (!std::getenv("OMPI_COMM_WORLD_RANK")) return ProgressStyle::terminal;
  const std::string parent = "/proc/" + std::to_string(::getppid()) + "/fd/1";
  const int file = ::open(parent.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK);
  if (file < 0) return ProgressStyle::lines;
  const bool terminal = ::isatty(file) != 0;
  ::close(file);
  return terminal ? ProgressStyle::terminal : ProgressStyle::lines;
}

Progress::Progress(std::FILE* out, ProgressStyle style) : out_(out), style_(style) {}

Progress::~Progress() {
  if (!line_open_) return;
  std::fputc('\n', out_);
  std::fflush(out_);
}

bool Progress::due(const ProgressState& state) const {
  if (!shown_) return true;
  if (state.fraction >= 1.0) return shown_->fraction < 1.0;
  const double waited = state.wall - shown_->wall;
  if (style_ == ProgressStyle::terminal) return waited >= terminal_interval;
  const auto mark = [](double fraction) { return std::floor(fraction / lines_fraction + 1e-9); };
  return waited >= lines_interval || mark(state.fraction) > mark(shown_->fraction);
}

// The run speeds up as the surrogate takes over, so what counts for the remaining time is the recent rate.
void Progress::update_rate(const ProgressState& state) {
  if (seen_) {
    const double wall = state.wall - seen_->wall;
    const double keep = std::exp(-wall / memory);
    rate_steps_ = keep * rate_steps_ + static_cast<double>(state.step - seen_->step);
    rate_fraction_ = keep * rate_fraction_ + (state.fraction - seen_->fraction);
    rate_wall_ = keep * rate_wall_ + wall;
  }
  seen_ = state;
}

void Progress::show(const ProgressState& state) {
  if (style_ == ProgressStyle::silent) return;
  update_rate(state);
  if (!due(state)) return;
  shown_ = state;

  std::optional<double> steps_per_s, remaining;
  if (rate_wall_ > 0.0) steps_per_s = rate_steps_ / rate_wall_;
  if (rate_fraction_ > 0.0 && state.fraction < 1.0) remaining = (1.0 - state.fraction) * rate_wall_ / rate_fraction_;
  const auto text = format_progress(state, steps_per_s, remaining);
  if (style_ == ProgressStyle::terminal)
    fmt::print(out_, "{}{}", wipe, text);
  else
    fmt::print(out_, "{}\n", text);
  line_open_ = style_ == ProgressStyle::terminal;
  std::fflush(out_);
}

}  // namespace bimetal::io
