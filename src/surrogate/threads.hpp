#pragma once

namespace bimetal::surrogate {

/// LibTorch and the BLAS beneath it compute on n threads from now on. One, where the ranks of a job have the cores
/// between them. Holds for the whole process. Local.
void use_threads(int n);

}  // namespace bimetal::surrogate
