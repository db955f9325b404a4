#include <cstdio>

#include "app/commands.hpp"
#include "app/guarded.hpp"

namespace bimetal::app {

int execute(const PrintCommand& command, const parallel::Communicator& world) {
  if (world.is_root()) std::fputs(command.text.c_str(), stdout);
  return exit_done;
}

}  // namespace bimetal::app
