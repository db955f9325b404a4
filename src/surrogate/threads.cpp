#include "surrogate/threads.hpp"

#include <dlfcn.h>
#include <torch/types.h>
#include <torch/utils.h>

namespace bimetal::surrogate {

void use_threads(int n) {
  torch::set_num_threads(n);
  // OpenBLAS built on POSIX threads listens to nobody but its own function. Which BLAS there is shows only at run
  // time.
  using SetThreads = void (*)(int);
  if (const auto set_threads = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
    set_threads(n);
}

}  // namespace bimetal::surrogate
