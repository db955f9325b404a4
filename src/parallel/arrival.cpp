#include "parallel/arrival.hpp"

#include <chrono>
#include <thread>

#include "core/timer.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::parallel {

bool all_arrive_within(const Communicator& comm, double seconds) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibarrier(native(comm), &request);
  const core::Stopwatch watch;
  int arrived = 0;
  while (!arrived && watch.seconds() < seconds) {
    MPI_Test(&request, &arrived, MPI_STATUS_IGNORE);
    if (!arrived) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return arrived != 0;
}

}  // namespace bimetal::parallel
