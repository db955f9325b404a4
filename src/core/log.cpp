#include "core/log.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace bimetal::core {
namespace {

/// Lines before the file is open that are kept for it; many more than there ever are.
constexpr std::size_t n_early_lines = 200;

}  // namespace

Log::Log(LogVoice voice)
    : voice_(voice),
      logger_(std::make_shared<spdlog::logger>("bimetal")),
      told_(std::make_shared<std::set<std::string>>()) {
  logger_->set_level(speaks() ? spdlog::level::debug : spdlog::level::off);
  if (!speaks()) return;
  auto terminal = std::make_shared<spdlog::sinks::stdout_sink_mt>();
  terminal->set_pattern("%v");
  terminal->set_level(voice == LogVoice::verbose ? spdlog::level::debug : spdlog::level::info);
  early_ = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(n_early_lines);
  logger_->sinks() = {std::move(terminal), early_};
  logger_->flush_on(spdlog::level::debug);
}

void Log::share_terminal() {
  if (speaks()) logger_->sinks().front()->set_pattern("\r\033[K%v");
}

void Log::open_file(const std::string& path) {
  if (!speaks()) return;
  auto file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
  file->set_pattern("%Y-%m-%d %H:%M:%S  %v");
  for (const auto& line : early_->last_raw()) file->log(line);
  file->flush();
  logger_->sinks().back() = std::move(file);
}

}  // namespace bimetal::core
