#include <cstdio>

#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "app/simulation.hpp"
#include "surrogate/model_file.hpp"

namespace bimetal::app {

int execute(const ModelCommand& command, const parallel::Communicator& world) {
  const surrogate::ModelFile model(command.model, world);
  if (command.input) {
    const auto config = read_run_config(*command.input, command.settings, world);
    model.require_for(config.physics->load(config, world)->make_reference()->kind().signature());
  }
  if (!world.is_root()) return exit_done;
  if (command.action == ModelAction::inspect) std::printf("%s", model.describe().c_str());
  if (command.action == ModelAction::check)
    std::printf(
        "%s is a valid model%s%s\n", command.model.c_str(),
        command.input ? (" for " + *command.input).c_str() : "; --input INPUT checks whether it serves in a run",
        model.learns() ? "" : "; it has no parameter that training could change, so it serves as it is");
  return exit_done;
}

}  // namespace bimetal::app
