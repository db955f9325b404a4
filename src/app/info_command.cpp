#include <H5public.h>
#include <mpi.h>
#include <petscversion.h>
#include <sundials/sundials_config.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "core/version.hpp"
#include "surrogate/library.hpp"

namespace bimetal::app {

int execute(const InfoCommand&, const parallel::Communicator& world) {
  char mpi[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  MPI_Get_library_version(mpi, &length);
  const std::string mpi_name(mpi);
  if (!world.is_root()) return exit_done;
  std::printf("bimetal    %s (%s)\n", core::version, core::commit);
  std::printf("MPI        %s, %d rank(s)\n", mpi_name.substr(0, mpi_name.find(',')).c_str(), world.size());
  std::printf("PETSc      %d.%d.%d\n", PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR);
  std::printf("LibTorch   %s\n", surrogate::describe_library().c_str());
  std::printf("HDF5       %d.%d.%d\n", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE);
  std::printf("SUNDIALS   %s\n", SUNDIALS_VERSION);
  std::printf("compiler   %s\n", __VERSION__);
  return exit_done;
}

}  // namespace bimetal::app
