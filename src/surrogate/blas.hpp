#pragma once

#include <string>

namespace bimetal::surrogate {

/// The file of the BLAS that the networks run on; the plain one of the reference is ten times slower than OpenBLAS.
/// "unknown" where it has no file of its own. Local.
std::string blas_library();

/// The processor whose kernels OpenBLAS computes with, by its own name for it, as "SkylakeX". "unknown" of another
/// BLAS. Local.
std::string blas_core();

/// An OpenBLAS that is older than the processor falls back on kernels for one of 2004, without its vector
/// instructions: a gradient step then takes half as long again. Has it compute with the kernels for AVX2 if the
/// processor can run them, unless OPENBLAS_CORETYPE says which. Holds for the whole process. Local.
void use_vector_kernels();

/// OpenBLAS built on POSIX threads listens to nobody but its own function. Nothing happens to another BLAS. Local.
void use_blas_threads(int n);

}  // namespace bimetal::surrogate
