#include "io/progress.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "text.hpp"

namespace bimetal::io {
namespace {

using test::count;

/// A file in memory that shows what was printed into it.
class Screen {
 public:
  Screen() : file_(::open_memstream(&text_, &size_)) {}
  ~Screen() {
    std::fclose(file_);
    std::free(text_);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  std::FILE* file() { return file_; }
  std::string text() {
    std::fflush(file_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

/// `n` equal steps that take `step_wall` [s] each.
std::string shown(ProgressStyle style, int n, double step_wall) {
  Screen screen;
  Progress progress(screen.file(), style);
  for (int step = 1; step <= n; ++step)
    progress.show({step, 1e-6 * step, static_cast<double>(step) / n, step_wall * step, 0.5});
  return screen.text();
}

TEST(ProgressFormat, says_where_the_run_stands) {
  EXPECT_EQ(format_progress({420, 4.2e-5, 0.429, 10.0, 0.871}, 18.34, 31.2),
            " 42 %  step 420  t = 4.200e-05 s  18.3 steps/s  0:31 left  surrogate 87 % of the active");
}

TEST(ProgressFormat, leaves_out_what_is_not_known_yet) {
  EXPECT_EQ(format_progress({}, std::nullopt, std::nullopt), "  0 %  step 0  t = 0.000e+00 s");
}

TEST(ProgressFormat, does_not_say_100_before_the_end) {
  EXPECT_EQ(format_progress({1, 0.0, 0.9999, 0.0, 0.0}, {}, {}).substr(0, 5), " 99 %");
  EXPECT_EQ(format_progress({1, 0.0, 1.0, 0.0, 0.0}, {}, {}).substr(0, 5), "100 %");
}

TEST(ProgressFormat, writes_durations_as_a_clock_does) {
  EXPECT_EQ(format_duration(0.4), "0:00");
  EXPECT_EQ(format_duration(75), "1:15");
  EXPECT_EQ(format_duration(3675), "1:01:15");
  EXPECT_EQ(format_duration(3 * 86400), "3 d 0:00:00");
}

TEST(Progress, rewrites_one_line_on_a_terminal_five_times_a_second) {
  const auto text = shown(ProgressStyle::terminal, 1000, 0.01);  // 10 s
  EXPECT_NEAR(count(text, "\r"), 50, 2);
  EXPECT_EQ(count(text, "\n"), 0);
  EXPECT_EQ(count(text, "100 %"), 1);
}

TEST(Progress, writes_a_line_every_5_percent_into_a_file) {
  const auto text = shown(ProgressStyle::lines, 1000, 0.01);
  EXPECT_EQ(count(text, "\n"), 21);
  EXPECT_EQ(count(text, "\r"), 0);
}

TEST(Progress, writes_a_line_every_30_seconds_into_the_file_of_a_slow_run) {
  EXPECT_EQ(count(shown(ProgressStyle::lines, 100, 40.0), "\n"), 100);
}

TEST(Progress, is_silent_on_other_ranks) { EXPECT_EQ(shown(ProgressStyle::silent, 100, 1.0), ""); }

TEST(Progress, foretells_the_end_from_the_recent_rate) {
  Screen screen;
  Progress progress(screen.file(), ProgressStyle::terminal);
  double wall = 0.0;
  for (int step = 1; step <= 1000; ++step) {  // ten times faster from the middle on
    wall += step <= 500 ? 1.0 : 0.1;
    if (step == 1000) break;
    progress.show({step, 0.0, step / 1000.0, wall, 0.0});
    if (step == 900) {
      const auto text = screen.text();
      const auto last = text.substr(text.rfind('\r'));
      EXPECT_EQ(count(last, "  0:1"), 1) << last;  // 100 steps at 0.1 s, and some memory of the slow ones
    }
  }
}

TEST(Progress, ends_the_terminals_line_when_it_goes) {
  Screen screen;
  {
    Progress progress(screen.file(), ProgressStyle::terminal);
    progress.show({1, 0.0, 0.1, 0.0, 0.0});
    EXPECT_NE(screen.text().back(), '\n');
  }
  EXPECT_EQ(screen.text().back(), '\n');
}

TEST(Progress, takes_a_file_for_a_file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  EXPECT_EQ(progress_style(file.get()), ProgressStyle::lines);
}

}  // namespace
}  // namespace bimetal::io
