#include "core/log.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace bimetal::core {
namespace {

namespace fs = std::filesystem;

/// What a log of such a voice leaves on the terminal, and in a file that is opened after its second line.
struct Told {
  std::string terminal, file;
};
Told tell(LogVoice voice) {
  const auto path = fs::path(testing::TempDir()) / "bimetal_log_test.txt";
  fs::remove(path);
  testing::internal::CaptureStdout();
  {
    Log log(voice);
    log.detail("detail before the file");
    log.event("promotion", "version {}", 0);
    log.open_file(path.string());
    Log copy = log;
    copy.event("promotion", "version {}", 1);
    copy.event("drift", "drift at {}", 7);
    copy.warn("a warning");
  }
  Told told{testing::internal::GetCapturedStdout(), {}};
  std::ostringstream text;
  for (auto [file, line] = std::pair(std::ifstream(path), std::string()); std::getline(file, line);)
    text << line.substr(line.find("  ") + 2) << "\n";
  told.file = text.str();
  fs::remove(path);
  return told;
}

const std::string everything = "detail before the file\nversion 0\nversion 1\ndrift at 7\na warning\n";

TEST(Log, tells_the_first_event_of_each_kind_and_files_every_line_from_the_first_one_on) {
  const auto told = tell(LogVoice::story);
  EXPECT_EQ(told.terminal, "version 0\ndrift at 7\na warning\n");
  EXPECT_EQ(told.file, everything);
}

TEST(Log, tells_all_if_asked_to_and_nothing_if_silent) {
  EXPECT_EQ(tell(LogVoice::verbose).terminal, everything);
  const auto silent = tell(LogVoice::silent);
  EXPECT_EQ(silent.terminal, "");
  EXPECT_EQ(silent.file, "");
}

}  // namespace
}  // namespace bimetal::core
