#include <fmt/format.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "app/machine.hpp"
#include "core/version.hpp"
#include "parallel/cores.hpp"

namespace bimetal::app {
namespace {

/// The threads that networks compute on in a run, which does not ask OMP_NUM_THREADS. Collective.
std::string describe_threads(const parallel::Communicator& world) {
  return fmt::format("1 on a rank that solves, {} on one that only trains (training.placement: dedicated)",
                     parallel::fair_cores(world));
}

}  // namespace

int execute(const InfoCommand& command, const parallel::Communicator& world) {
  nlohmann::ordered_json facts{{"bimetal", fmt::format("{} ({})", core::version, core::commit)}};
  facts.update(describe_machine(world));
  facts["threads"] = describe_threads(world);
  if (!world.is_root()) return exit_done;
  if (command.format == ReportFormat::json) {
    std::printf("%s\n", facts.dump(2).c_str());
    return exit_done;
  }
  for (const auto& [name, value] : facts.items())
    std::printf("%-10s %s\n", name.c_str(), value.get<std::string>().c_str());
  return exit_done;
}

}  // namespace bimetal::app
