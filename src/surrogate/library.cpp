#include "surrogate/library.hpp"

#include <dlfcn.h>
#include <torch/cuda.h>
#include <torch/types.h>
#include <torch/version.h>

#include <filesystem>
#include <system_error>

namespace bimetal::surrogate {

std::string describe_library() {
  const auto n_devices = torch::cuda::is_available() ? static_cast<long>(torch::cuda::device_count()) : 0L;
  const std::string accelerators = n_devices > 0 ? std::to_string(n_devices) + " CUDA device(s)" : "CPU";
  return std::string(TORCH_VERSION) + ", " + accelerators;
}

std::string blas_library() {
  Dl_info found{};
  const void* product = dlsym(RTLD_DEFAULT, "sgemm_");
  if (product == nullptr || dladdr(product, &found) == 0 || found.dli_fname == nullptr) return "unknown";
  std::error_code failed;
  const auto file = std::filesystem::canonical(found.dli_fname, failed);  // behind the links of alternatives
  return failed ? found.dli_fname : file.string();
}

}  // namespace bimetal::surrogate
