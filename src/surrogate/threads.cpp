#include "surrogate/threads.hpp"

#include <dlfcn.h>
#include <torch/torch.h>

namespace bimetal::surrogate {

void use_one_thread() {
  torch::set_num_threads(1);
  // OpenBLAS built on POSIX threads listens to nobody but its own function. Which BLAS there is shows only at run
  // time.
  using SetThreads = void (*)(int);
  if (const auto set_threads = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
    set_threads(1);
}

}  // namespace bimetal::surrogate
