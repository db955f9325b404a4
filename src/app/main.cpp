#include <variant>

#include "app/arguments.hpp"
#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "app/same_start.hpp"
#include "parallel/session.hpp"
#include "surrogate/blas.hpp"

int main(int argc, char** argv) {
  using namespace bimetal;
  parallel::Session session(argc, argv);  // MPI, terminate handler
  return app::guarded(session, [&] {      // user errors → one sentence, exit 2
    app::require_same_start(argc, argv, session.world());
    surrogate::use_vector_kernels();
    const auto command = app::parse_arguments(argc, argv);
    return std::visit([&](const auto& todo) { return app::execute(todo, session.world()); }, command);
  });
}
