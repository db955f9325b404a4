#pragma once

#include <string>

namespace bimetal::surrogate {

/// "1.13.1, CPU", or with the number of CUDA devices it finds. Local.
std::string describe_library();

/// The file of the BLAS that the networks run on; the plain one of the reference is ten times slower than OpenBLAS.
/// "unknown" where it has no file of its own. Local.
std::string blas_library();

}  // namespace bimetal::surrogate
