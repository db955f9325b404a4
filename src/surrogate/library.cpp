#include "surrogate/library.hpp"

#include <torch/torch.h>
#include <torch/version.h>

namespace bimetal::surrogate {

std::string describe_library() {
  const auto n_devices = torch::cuda::is_available() ? static_cast<long>(torch::cuda::device_count()) : 0L;
  const std::string devices = n_devices > 0 ? std::to_string(n_devices) + " CUDA device(s)" : "CPU";
  return std::string(TORCH_VERSION) + ", " + devices + ", " + std::to_string(torch::get_num_threads()) + " thread(s)";
}

}  // namespace bimetal::surrogate
