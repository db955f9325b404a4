#include "petsc/session.hpp"

#include <petscsys.h>

#include <exception>
#include <vector>

#include "parallel/mpi.hpp"
#include "petsc/error.hpp"

namespace bimetal::petsc {

Session::Session(const parallel::Communicator& world, std::span<const std::string> options) {
  std::string name = "bimetal";
  std::vector<std::string> words(options.begin(), options.end());
  std::vector<char*> pointers{name.data()};
  for (auto& word : words) pointers.push_back(word.data());
  int argc = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  char** argv = pointers.data();

  PETSC_COMM_WORLD = parallel::native(world);
  check(PetscOptionsSetValue(nullptr, "-no_signal_handler", "true"), "PetscOptionsSetValue");
  check(PetscInitialize(&argc, &argv, nullptr, nullptr), "PetscInitialize");
  check(PetscPushErrorHandler(PetscReturnErrorHandler, nullptr), "PetscPushErrorHandler");
}

Session::~Session() {
  // Finalising is collective; in unwinding the other ranks may not be on their way here.
  if (std::uncaught_exceptions() > 0) return;
  PetscPopErrorHandler();
  PetscFinalize();
}

}  // namespace bimetal::petsc
