#pragma once

#include <petscsystypes.h>

namespace bimetal::petsc {

/// Turns an error code of PETSc into a core::RuntimeFailure that names the call and says what PETSc said about it.
/// Usage: check(VecSet(x, 0.0), "VecSet"). Local.
void check(PetscErrorCode code, const char* call);

}  // namespace bimetal::petsc
