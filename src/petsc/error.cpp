#include "petsc/error.hpp"

#include <petscsys.h>

#include "core/error.hpp"

namespace bimetal::petsc {

void check(PetscErrorCode code, const char* call) {
  if (code == 0) return;
  const char* general = nullptr;
  char* specific = nullptr;
  PetscErrorMessage(code, &general, &specific);
  throw core::RuntimeFailure(fmt::format("{} failed with PETSc error {}: {}{}{}", call, static_cast<int>(code),
                                         general ? general : "no description", specific && *specific ? ": " : "",
                                         specific ? specific : ""));
}

}  // namespace bimetal::petsc
