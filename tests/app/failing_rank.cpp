// A program that fails on purpose, for test_failing_rank.py: `failing_rank HOW`.
#include <stdexcept>
#include <string>

#include "app/guarded.hpp"
#include "core/error.hpp"
#include "parallel/session.hpp"

namespace {

/// Stands for every handle whose destructor is collective and therefore does nothing while unwinding.
struct CollectiveHandle {
  const bimetal::parallel::Communicator& comm;
  ~CollectiveHandle() {
    if (std::uncaught_exceptions() == 0) comm.barrier();
  }
};

}  // namespace

int main(int argc, char** argv) {
  using namespace bimetal;
  parallel::Session session(argc, argv);
  const std::string how = argc > 1 ? argv[1] : "";
  return app::guarded(session, [&] {
    const auto& world = session.world();
    const bool last = world.rank() == world.size() - 1;
    const CollectiveHandle handle{world};
    if (how == "user_error_on_all") throw core::UserError("all ranks agree");
    if (how == "failure_on_all") throw core::RuntimeFailure("all ranks failed");
    if (how == "user_error_on_one" && last) throw core::UserError("only one rank objects");
    if (how == "bug_on_one" && last) throw std::logic_error("a bug on one rank");
    if (how == "agreed") world.agree(!last, "the last rank objects");
    world.barrier();
    return app::exit_done;
  });
}
