#include "app/guarded.hpp"

#include <cstdio>

#include "core/error.hpp"

namespace bimetal::app {
namespace {

int fail_together(const parallel::Session& session, const char* message, int exit_code) {
  const auto& world = session.world();
  if (!session.all_arrive_within_seconds(5.0)) {
    std::fprintf(stderr, "bimetal: rank %d: %s\n", world.rank(), message);
    session.abort(exit_code);
  }
  if (world.is_root()) std::fprintf(stderr, "bimetal: %s\n", message);
  return exit_code;
}

}  // namespace

int guarded(const parallel::Session& session, const std::function<int()>& action) {
  try {
    return action();
  } catch (const core::UserError& error) {
    return fail_together(session, error.what(), exit_bad_input);
  } catch (const core::RuntimeFailure& failure) {
    return fail_together(session, failure.what(), exit_failed);
  }
}

}  // namespace bimetal::app
