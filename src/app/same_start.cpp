#include "app/same_start.hpp"

#include <fmt/ranges.h>

#include <span>
#include <string>

#include "core/version.hpp"
#include "parallel/alike.hpp"

namespace bimetal::app {

void require_same_start(int argc, const char* const* argv, const parallel::Communicator& world) {
  parallel::require_alike("runs", fmt::format("bimetal {} ({})", core::version, core::commit),
                          "start the same program on all nodes", world);
  // The first word is the program's path, which may differ from node to node.
  const std::span<const char* const> words(argv + 1, static_cast<std::size_t>(argc) - 1);
  parallel::require_alike("was started as", fmt::format("'bimetal {}'", fmt::join(words, " ")),
                          "give all ranks of mpirun the same arguments", world);
}

}  // namespace bimetal::app
