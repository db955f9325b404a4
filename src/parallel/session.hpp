#pragma once

#include "parallel/communicator.hpp"

namespace bimetal::parallel {

/// The life of MPI in this process; made first in main. Also sets the terminate handler: an exception that nobody
/// catches prints its rank and message and aborts the whole job, so that no rank waits for one that is gone.
class Session {
 public:
  Session(int& argc, char**& argv);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Communicator& world() const { return world_; }

 private:
  Communicator world_;
};

}  // namespace bimetal::parallel
