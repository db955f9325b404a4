#pragma once

namespace bimetal::surrogate {

/// LibTorch and the BLAS beneath it compute on the calling thread from now on: the ranks of a job share the cores
/// already, and matrices this small gain nothing from more. Holds for the whole process. Local.
void use_one_thread();

}  // namespace bimetal::surrogate
