#include "surrogate/library.hpp"

#include <torch/cuda.h>
#include <torch/types.h>
#include <torch/version.h>

#include <string>

namespace bimetal::surrogate {

std::string describe_library() {
  const auto n_devices = torch::cuda::is_available() ? static_cast<long>(torch::cuda::device_count()) : 0L;
  const std::string accelerators = n_devices > 0 ? std::to_string(n_devices) + " CUDA device(s)" : "CPU";
  return std::string(TORCH_VERSION) + ", " + accelerators;
}

}  // namespace bimetal::surrogate
