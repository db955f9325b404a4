#include <H5public.h>
#include <fmt/format.h>
#include <mpi.h>
#include <petscversion.h>
#include <sundials/sundials_config.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "core/version.hpp"
#include "parallel/cores.hpp"
#include "surrogate/library.hpp"

namespace bimetal::app {
namespace {

std::string describe_mpi(int ranks) {
  char name[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  MPI_Get_library_version(name, &length);
  const std::string text(name);
  return fmt::format("{}, {} rank(s)", text.substr(0, text.find(',')), ranks);
}

/// The threads that networks compute on in a run, which does not ask OMP_NUM_THREADS. Collective.
std::string describe_threads(const parallel::Communicator& world) {
  return fmt::format("1 on a rank that solves, {} on one that only trains (training.placement: dedicated)",
                     parallel::fair_cores(world));
}

#ifdef NDEBUG
constexpr const char* contracts = "contracts off";
#else
constexpr const char* contracts = "contracts on";
#endif

}  // namespace

int execute(const InfoCommand& command, const parallel::Communicator& world) {
  const nlohmann::ordered_json facts{
      {"bimetal", fmt::format("{} ({})", core::version, core::commit)},
      {"build", fmt::format("{}, {}", core::build_type, contracts)},
      {"MPI", describe_mpi(world.size())},
      {"PETSc", fmt::format("{}.{}.{}", PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR)},
      {"LibTorch", surrogate::describe_library()},
      {"threads", describe_threads(world)},
      {"BLAS", surrogate::blas_library()},
      {"HDF5", fmt::format("{}.{}.{}", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE)},
      {"SUNDIALS", SUNDIALS_VERSION},
      {"compiler", __VERSION__}};
  if (!world.is_root()) return exit_done;
  if (command.format == ReportFormat::json) {
    std::printf("%s\n", facts.dump(2).c_str());
    return exit_done;
  }
  for (const auto& [name, value] : facts.items())
    std::printf("%-10s %s\n", name.c_str(), value.get<std::string>().c_str());
  return exit_done;
}

}  // namespace bimetal::app
