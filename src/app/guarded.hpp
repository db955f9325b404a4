#pragma once

#include <functional>

#include "parallel/session.hpp"

namespace bimetal::app {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_bad_input = 2;
inline constexpr int exit_stopped = 3;  // by a signal or the wall limit; the state is saved

/// Runs `action` and turns its exceptions into exit codes: a UserError is one sentence on root's stderr and 2, a
/// RuntimeFailure likewise and 1. If the others do not fail as well, the job is aborted, so that nobody waits for a
/// rank that is gone. Everything else is a bug and ends in the session's terminate handler. Collective.
int guarded(const parallel::Session& session, const std::function<int()>& action);

}  // namespace bimetal::app
