#pragma once

#include "parallel/communicator.hpp"

namespace bimetal::parallel {

/// Cores that this rank may keep busy without taking those of its neighbours: of the cores the system lets it use,
/// its share among the ranks of its node; at least 1. Collective.
int fair_cores(const Communicator& comm);

}  // namespace bimetal::parallel
