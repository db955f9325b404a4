#include "parallel/session.hpp"

#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "parallel/arrival.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::parallel {
namespace {

[[noreturn]] void abort_job() noexcept {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const char* message = "terminated without an exception";
  try {
    if (auto current = std::current_exception()) std::rethrow_exception(current);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bimetal: rank %d: %s\n", rank, error.what());
    message = nullptr;
  } catch (...) {
    message = "an exception of unknown type";
  }
  if (message) std::fprintf(stderr, "bimetal: rank %d: %s\n", rank, message);
  std::fflush(nullptr);
  MPI_Abort(MPI_COMM_WORLD, 1);
  std::abort();
}

/// A step of Slurm that has one task is a serial run whether Slurm and MPI know each other or not, and so is
/// everything that a shell in such a step starts. Open MPI takes it for a rank as soon as it sees the number of a
/// step: then it needs the right PMI, and with that only the first process of a step gets through MPI_Init.
void leave_step_of_one_task() {
  const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
  if (!tasks || std::string_view(tasks) != "1") return;
  if (std::getenv("SLURM_HET_SIZE")) return;        // the other components of the job may belong to the same world
  if (std::getenv("OMPI_COMM_WORLD_SIZE")) return;  // a rank of mpirun's, which starts its daemons by such a step
  ::unsetenv("SLURM_STEP_ID");
}

}  // namespace

Session::Session(int& argc, char**& argv) {
  leave_step_of_one_task();
  MPI_Init(&argc, &argv);
  std::set_terminate(abort_job);
  world_ = duplicate(MPI_COMM_WORLD);
  exit_ = duplicate(MPI_COMM_WORLD);
}

Session::~Session() {
  // Collective calls have no place in unwinding: other ranks may not be on their way here.
  if (std::uncaught_exceptions() > 0) return;
  world_ = Communicator();
  exit_ = Communicator();
  MPI_Finalize();
}

bool Session::all_arrive_within_seconds(double seconds) const { return all_arrive_within(exit_, seconds); }

void Session::abort(int exit_code) {
  std::fflush(nullptr);
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::abort();
}

}  // namespace bimetal::parallel
