#pragma once

#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <set>
#include <string>
#include <utility>

namespace bimetal::core {

/// What the terminal shows: nothing; the story of the run; all of its lines.
enum class LogVoice { silent, story, verbose };

/// What the run tells its user. The terminal tells the story of the run in a few lines; log.txt has every line, from
/// the first one on, whenever the file is opened. One rank speaks, the others hold a silent log, so nobody else asks
/// for a rank before printing. Copies share the terminal, the file and what has been told.
class Log {
 public:
  explicit Log(LogVoice voice = LogVoice::silent);

  /// From now on every line also goes to `path` (appended), and those before go there now. Local.
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
  /// No part of the story.
  template <class... Args>
  void detail(fmt::format_string<Args...> pattern, Args&&... args) {
    logger_->debug(pattern, std::forward<Args>(args)...);
  }
  /// What may happen many times in a run: the first of its kind is a part of the story, the others are details.
  template <class... Args>
  void event(const std::string& kind, fmt::format_string<Args...> pattern, Args&&... args) {
    if (!speaks()) return;
    const bool is_first = told_->insert(kind).second;
    logger_->log(is_first ? spdlog::level::info : spdlog::level::debug, pattern, std::forward<Args>(args)...);
  }

  bool speaks() const { return voice_ != LogVoice::silent; }

 private:
  LogVoice voice_;
  std::shared_ptr<spdlog::logger> logger_;
  std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> early_;  // lines for the file that is not open yet
  std::shared_ptr<std::set<std::string>> told_;               // kinds of events
};

}  // namespace bimetal::core
