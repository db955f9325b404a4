#include "app/machine.hpp"

#include <H5public.h>
#include <fmt/format.h>
#include <mpi.h>
#include <petscversion.h>
#include <sundials/sundials_config.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "core/version.hpp"
#include "parallel/memory.hpp"
#include "surrogate/blas.hpp"
#include "surrogate/library.hpp"

namespace bimetal::app {
namespace {

#ifdef NDEBUG
constexpr const char* contracts = "contracts off";
#else
constexpr const char* contracts = "contracts on";
#endif

/// What stands behind a key in a file of lines "key: value" or "key=value"; empty if it is not there.
std::string value_in(const char* path, const std::string& key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto end = line.find(separator);
    if (end == std::string::npos || !line.starts_with(key) || line.find_first_not_of(" \t", key.size()) != end)
      continue;
    const auto first = line.find_first_not_of(" \t\"", end + 1);
    const auto last = line.find_last_not_of(" \t\"");
    return first == std::string::npos ? "" : line.substr(first, last + 1 - first);
  }
  return "";
}

utsname system_names() {
  utsname names{};
  uname(&names);
  return names;
}

std::string describe_system() {
  const auto names = system_names();
  const auto distribution = value_in("/etc/os-release", "PRETTY_NAME", '=');
  return fmt::format("{}{}{} {}", distribution, distribution.empty() ? "" : ", ", names.sysname, names.release);
}

/// The first rank's, and whether other ranks have another one. Collective.
std::string describe_processor(const parallel::Communicator& world) {
  auto mine = value_in("/proc/cpuinfo", "model name", ':');
  if (mine.empty()) mine = system_names().machine;  // which Linux does not name on every architecture
  auto first = mine;
  world.broadcast(first);
  return first + (world.max(mine == first ? 0.0 : 1.0) > 0.0 ? " and others" : "");
}

/// "2", or "2 to 64" where nodes differ. Collective.
std::string describe_range(double value, const parallel::Communicator& world) {
  const double least = world.min(value), most = world.max(value);
  return least == most ? fmt::format("{:.3g}", most) : fmt::format("{:.3g} to {:.3g}", least, most);
}

std::string describe_nodes(const parallel::Communicator& world) {
  const auto place = world.place_on_node();
  const auto n_nodes = world.sum(std::int64_t{place.rank == 0});
  const auto cores = describe_range(static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN)), world);
  const auto memory = describe_range(parallel::fair_memory(world) * place.size / 1e9, world);
  return fmt::format("{} with {} core(s) and {} GB of memory{}", n_nodes, cores, memory, n_nodes > 1 ? " each" : "");
}

std::string describe_mpi(int ranks) {
  char name[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  MPI_Get_library_version(name, &length);
  const std::string text(name);
  return fmt::format("{}, {} rank(s)", text.substr(0, text.find(',')), ranks);
}

}  // namespace

nlohmann::ordered_json describe_machine(const parallel::Communicator& world) {
  return {{"nodes", describe_nodes(world)},
          {"processor", describe_processor(world)},
          {"system", describe_system()},
          {"build", fmt::format("{}, {}", core::build_type, contracts)},
          {"compiler", __VERSION__},
          {"MPI", describe_mpi(world.size())},
          {"PETSc", fmt::format("{}.{}.{}", PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR)},
          {"LibTorch", surrogate::describe_library()},
          {"BLAS", surrogate::blas_library()},
          {"BLAS core", surrogate::blas_core()},
          {"HDF5", fmt::format("{}.{}.{}", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE)},
          {"SUNDIALS", SUNDIALS_VERSION}};
}

}  // namespace bimetal::app
