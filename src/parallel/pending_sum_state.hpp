#pragma once

#include <mpi.h>

#include <span>
#include <vector>

#include "parallel/pending_sum.hpp"

// Private to this folder: it brings in MPI.

namespace bimetal::parallel {

struct PendingSum::State {
  /// On a serial rank (MPI_COMM_NULL) the sum is there at once. Collective.
  State(std::span<const double> given, MPI_Comm comm);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::vector<double> values;
  MPI_Request request = MPI_REQUEST_NULL;
};

}  // namespace bimetal::parallel
