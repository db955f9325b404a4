#pragma once

#include <functional>

#include "parallel/communicator.hpp"

namespace bimetal::io {

/// Runs `part` on every rank and waits for all. If it threw a RuntimeFailure on any of them (a full disk may be
/// seen by one rank only), every rank throws the one of the lowest such rank, so that none walks on into a
/// collective call that the others never reach. Collective.
void on_all_ranks(const parallel::Communicator& comm, const std::function<void()>& part);

}  // namespace bimetal::io
