#pragma once

#include "parallel/communicator.hpp"

namespace bimetal::parallel {

/// Whether every rank calls this within the given time; after a no only ending the job by force is left. `comm` must
/// serve nothing else, so that a late collective call is not taken for an arrival. Collective, if it can.
bool all_arrive_within(const Communicator& comm, double seconds);

}  // namespace bimetal::parallel
