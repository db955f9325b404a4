#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "app/commands.hpp"
#include "app/dashboard.hpp"
#include "app/guarded.hpp"

namespace bimetal::app {
namespace {

/// Columns of the terminal, or what a file is to have.
std::size_t width_of(std::FILE* out) {
  winsize size{};
  if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 100;
}

}  // namespace

int execute(const WatchCommand& command, const parallel::Communicator& world) {
  if (!world.is_root()) return exit_done;
  const bool redraws = !command.once && isatty(fileno(stdout)) != 0;
  for (std::ptrdiff_t drawn = 0;;) {
    const auto run = read_run_view(command.directory);
    const auto picture = draw_dashboard(run, width_of(stdout));
    // Over what was drawn before: that many lines up, and clear from there.
    if (drawn > 0) std::printf("\033[%tdF\033[J", drawn);
    std::fputs(picture.c_str(), stdout);
    std::fflush(stdout);
    if (!redraws || run.is_over) return exit_done;
    drawn = std::ranges::count(picture, '\n');
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace bimetal::app
