#pragma once

#include <mpi.h>

#include "parallel/communicator.hpp"

namespace bimetal::parallel {

/// The MPI handle behind a communicator, for libraries that want one. The serial rank is MPI_COMM_SELF.
MPI_Comm native(const Communicator& comm);

/// A communicator over a duplicate of `comm`. Collective.
Communicator duplicate(MPI_Comm comm);

}  // namespace bimetal::parallel
