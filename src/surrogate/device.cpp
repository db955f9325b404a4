#include "surrogate/device.hpp"

#include <fmt/format.h>

namespace bimetal::surrogate {

torch::Device choose_device(Device wanted, const parallel::Communicator& comm) {
  const auto n_gpus = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
  const int neighbour = comm.place_on_node().rank;
  comm.agree(
      wanted != Device::cuda || n_gpus > 0,
      fmt::format("surrogate.device is cuda, but LibTorch finds no GPU on rank {}; set it to auto or cpu, or run "
                  "where there is one with a LibTorch that was built for it",
                  comm.rank()));
  if (wanted == Device::cpu || n_gpus == 0) return torch::kCPU;
  return {torch::kCUDA, static_cast<c10::DeviceIndex>(neighbour % n_gpus)};
}

}  // namespace bimetal::surrogate
