#pragma once

#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <utility>

namespace bimetal::core {

enum class LogVoice { speaks, silent };

/// What the run tells its user: on the terminal and, once a file is given, in log.txt. One rank speaks, the
/// others hold a silent log, so nobody else asks for a rank before printing.
class Log {
 public:
  explicit Log(LogVoice voice = LogVoice::silent);

  /// From now on every line also goes to `path` (appended). Local.
  void open_file(const std::string& path);

  /// The terminal also shows a progress line: every line of the log first wipes it. Local.
  void share_terminal();

  template <class... Args>
  void info(fmt::format_string<Args...> pattern, Args&&... args) {
    logger_->info(pattern, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warn(fmt::format_string<Args...> pattern, Args&&... args) {
    logger_->warn(pattern, std::forward<Args>(args)...);
  }

  bool speaks() const { return voice_ == LogVoice::speaks; }

 private:
  LogVoice voice_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace bimetal::core
