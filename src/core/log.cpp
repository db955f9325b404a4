#include "core/log.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace bimetal::core {

Log::Log(LogVoice voice) : voice_(voice), logger_(std::make_shared<spdlog::logger>("bimetal")) {
  logger_->set_level(speaks() ? spdlog::level::info : spdlog::level::off);
  if (!speaks()) return;
  auto terminal = std::make_shared<spdlog::sinks::stdout_sink_mt>();
  terminal->set_pattern("%v");
  logger_->sinks().push_back(std::move(terminal));
  logger_->flush_on(spdlog::level::info);
}

void Log::share_terminal() {
  if (speaks()) logger_->sinks().front()->set_pattern("\r\033[K%v");
}

void Log::open_file(const std::string& path) {
  if (!speaks()) return;
  auto file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
  file->set_pattern("%Y-%m-%d %H:%M:%S  %v");
  logger_->sinks().push_back(std::move(file));
}

}  // namespace bimetal::core
