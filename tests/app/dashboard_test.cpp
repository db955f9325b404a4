#include "app/dashboard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "core/error.hpp"

namespace bimetal::app {
namespace {

TEST(Sparkline, is_as_high_as_the_largest_number) {
  EXPECT_EQ(sparkline(std::vector{0.0, 1.0, 2.0, 4.0}, 10), " ▂▄█");
  EXPECT_EQ(sparkline(std::vector{0.5, 1.0}, 10, 1.0), "▄█");
  EXPECT_EQ(sparkline(std::vector{0.25, 0.5}, 10, 1.0), "▂▄");
  EXPECT_EQ(sparkline(std::vector{1.0, 3.0, 8.0, 8.0}, 2), "▂█") << "means of two";
  EXPECT_EQ(sparkline(std::vector<double>{}, 10), "");
  EXPECT_EQ(sparkline(std::vector{0.0, 0.0}, 10), "  ");
}

TEST(RunView, leaves_out_the_line_that_is_being_written) {
  const auto columns = read_columns("step,loss\n1,0.5\n2,0.25\n3,0.1");
  EXPECT_EQ(columns.at("step"), (std::vector<double>{1.0, 2.0}));
  EXPECT_EQ(columns.at("loss"), (std::vector<double>{0.5, 0.25}));
  EXPECT_TRUE(read_columns("").empty());
  EXPECT_THROW(read_run_view(std::filesystem::temp_directory_path() / "no_run_here"), core::UserError);
}

RunView some_run() {
  RunView run;
  run.name = "flame";
  run.directory = "out/flame";
  run.end = 1e-3;
  run.tolerance = 1e-3;
  run.wrong_fraction = 0.05;
  for (int step = 1; step <= 50; ++step) {
    const bool serves = step > 25;
    for (const auto& [name, value] :
         std::initializer_list<std::pair<const char*, double>>{{"step", step},
                                                               {"time_s", 1e-5 * step},
                                                               {"wall_s", 2.0 * step},
                                                               {"accepted", serves ? 75.0 : 0.0},
                                                               {"rejected", serves ? 25.0 : 100.0},
                                                               {"audited", serves ? 2.0 : 0.0},
                                                               {"audited_wrong", step == 30 ? 1.0 : 0.0},
                                                               {"version", serves ? 3.0 : -1.0},
                                                               {"physics_s", serves ? 0.5 : 2.0},
                                                               {"training_s", 0.25}})
      run.history[name].push_back(value);
  }
  return run;
}

TEST(Dashboard, says_how_far_who_answers_and_what_it_saves) {
  const auto picture = draw_dashboard(some_run(), 80);
  for (const char* words : {"flame  runs  out/flame", " 50 %  step 50  0.5 steps/s  1:40 left",
                            " 75.0 % of all now,  37.5 % so far", "50, 1 of them wrong", "5 % may be wrong", "3 serves",
                            "physics 62.5 s", "training 12.5 s", "about 1.26 so far"})
    EXPECT_NE(picture.find(words), std::string::npos) << words << "\n" << picture;
}

TEST(Dashboard, of_a_run_that_is_over_gives_what_it_proved) {
  auto run = some_run();
  run.is_over = true;
  run.net_speedup = 2.83;
  run.upper_bound = 0.0147;
  const auto picture = draw_dashboard(run, 80);
  for (const char* words : {"is over", "at most 1.47 % wrong", "2.83 of the whole run"})
    EXPECT_NE(picture.find(words), std::string::npos) << words << "\n" << picture;
  EXPECT_EQ(picture.find(" left"), std::string::npos);
}

TEST(Dashboard, is_no_wider_than_the_terminal_and_stands_a_run_without_steps) {
  auto run = some_run();
  run.directory = "out/" + std::string(100, 'x');
  for (const char* name : {"inference_s", "audit_s", "transport_s"}) run.history[name].assign(50, 1.234567);
  for (const std::size_t width : {40, 80}) {
    const auto picture = draw_dashboard(run, width);
    std::istringstream lines(picture);
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(std::ranges::count_if(line, [](char byte) { return (byte & 0xc0) != 0x80; }), width) << line;
    EXPECT_EQ(std::ranges::count(picture, '\n'), std::ranges::count(draw_dashboard(run, 1000), '\n'));
  }
  RunView begun;
  begun.end = 1.0;
  EXPECT_NE(draw_dashboard(begun, 80).find("  0 %  step 0"), std::string::npos);
}

}  // namespace
}  // namespace bimetal::app
