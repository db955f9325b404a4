#pragma once

#include <petscpc.h>

namespace bimetal::petsc {

/// The algebraic multigrid that this PETSc has: hypre's, else its own.
#ifdef PETSC_HAVE_HYPRE
inline constexpr PCType multigrid = PCHYPRE;
#else
inline constexpr PCType multigrid = PCGAMG;
#endif

}  // namespace bimetal::petsc
