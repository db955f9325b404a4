#include "parallel/cores.hpp"

#include <sched.h>

#include <algorithm>

namespace bimetal::parallel {

int fair_cores(const Communicator& comm) {
  const int n_ranks = comm.place_on_node().size;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  // More cores than a set can hold: the call fails, and one core is a safe answer.
  const int n_cores = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
  return std::max(n_cores / n_ranks, 1);
}

}  // namespace bimetal::parallel
