#include "petsc/session.hpp"

#include <petscsys.h>

#include <exception>

#include "parallel/mpi.hpp"
#include "petsc/error.hpp"

namespace bimetal::petsc {

Session::Session(const parallel::Communicator& world, std::span<const std::string> options) : words_{"bimetal"} {
  words_.insert(words_.end(), options.begin(), options.end());
  for (auto& word : words_) argv_.push_back(word.data());
  argv_.push_back(nullptr);
  int argc = static_cast<int>(words_.size());
  char** argv = argv_.data();

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
