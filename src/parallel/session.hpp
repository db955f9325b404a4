#pragma once

#include "parallel/communicator.hpp"

namespace bimetal::parallel {

/// The life of MPI in this process; made first in main, before MPI_Init: in a step of Slurm with one task it takes the
/// number of the step out of the environment, of children too, so that MPI starts by itself. Also sets the terminate handler: an exception that nobody
/// catches prints its rank and message and aborts the whole job, so that no rank waits for one that is gone.
class Session {
 public:
  Session(int& argc, char**& argv);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Communicator& world() const { return world_; }

  /// Whether every rank calls this within the given time; after a no only abort() is left. Collective, if it can.
  bool all_arrive_within_seconds(double seconds) const;
  /// Ends the whole job at once, those of its ranks that no longer answer included.
  [[noreturn]] static void abort(int exit_code);

 private:
  Communicator world_;
  Communicator exit_;  // apart from world_, so that a late collective there is not taken for an arrival here
};

}  // namespace bimetal::parallel
