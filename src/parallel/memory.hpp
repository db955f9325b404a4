#pragma once

#include "parallel/communicator.hpp"

namespace bimetal::parallel {

/// Memory that this rank may fill without taking that of its neighbours [bytes]: of its node's, or of what its
/// control group is allowed, the share among the ranks of the node. Collective.
double fair_memory(const Communicator& comm);

}  // namespace bimetal::parallel
