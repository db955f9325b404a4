#include "parallel/memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace bimetal::parallel {

double fair_memory(const Communicator& comm) {
  double bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  // Of a container; "max", which is no number, or no file: no limit.
  if (double limit = 0.0; std::ifstream("/sys/fs/cgroup/memory.max") >> limit) bytes = std::min(bytes, limit);
  return bytes / comm.place_on_node().size;
}

}  // namespace bimetal::parallel
