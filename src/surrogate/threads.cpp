#include "surrogate/threads.hpp"

#include <torch/types.h>
#include <torch/utils.h>

#include "surrogate/blas.hpp"

namespace bimetal::surrogate {

void use_threads(int n) {
  torch::set_num_threads(n);
  use_blas_threads(n);
}

}  // namespace bimetal::surrogate
