#include "surrogate/device.hpp"

#include <torch/cuda.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>

namespace bimetal::surrogate {
namespace {

constexpr int n_warm_up = 3;         // laps that also load kernels and fill caches
constexpr int n_timed = 7;           // laps of which the fastest counts: others may have been disturbed
constexpr double clear_lead = 1.25;  // how much faster a GPU must be: laps leave out what else competes for it

/// Seconds of a lap that this rank runs, or infinity if it fails, as on a GPU whose memory is full. Local.
double run(const Lap& lap, torch::Device device) {
  try {
    return lap(device);
  } catch (const std::exception&) {
    return std::numeric_limits<double>::infinity();
  }
}

/// Seconds that the slowest rank takes for its lap while all others run theirs. Collective.
double race(const Lap& lap, torch::Device device, const parallel::Communicator& comm) {
  double fastest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < n_warm_up + n_timed; ++i) {
    const double slowest = comm.max(run(lap, device));  // which keeps the ranks together
    if (std::isinf(slowest)) return slowest;
    if (i >= n_warm_up) fastest = std::min(fastest, slowest);
  }
  return fastest;
}

std::string describe(double on_cores, double on_gpus) {
  if (std::isinf(on_cores))
    return "networks compute on the cores: the race of cores and GPUs failed, as this network raises for made-up "
           "rows";
  if (std::isinf(on_gpus)) return "networks compute on the cores, because they fail on a GPU";
  const bool gpus = clear_lead * on_gpus < on_cores;
  return fmt::format("networks compute on {}: {:.2g} ms a round on the cores, {:.2g} ms on the GPUs",
                     gpus ? "the GPUs" : "the cores", 1e3 * on_cores, 1e3 * on_gpus);
}

}  // namespace

int count_gpus() { return torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0; }

DeviceChoice choose_device(Device wanted, int n_gpus, const Lap& lap, const parallel::Communicator& comm) {
  const int neighbour = comm.place_on_node().rank;
  comm.agree(
      wanted != Device::cuda || n_gpus > 0,
      fmt::format("surrogate.device is cuda, but LibTorch finds no GPU on rank {}; set it to auto or cpu, or run "
                  "where there is one with a LibTorch that was built for it",
                  comm.rank()));
  const bool nobody_has_one = comm.max(static_cast<double>(n_gpus)) == 0.0;
  if (wanted == Device::cpu || nobody_has_one) return {};
  const auto own = n_gpus > 0 ? torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(neighbour % n_gpus))
                              : torch::Device(torch::kCPU);
  if (wanted == Device::cuda) return {own, {}};
  const double on_cores = race(lap, torch::kCPU, comm);
  const double on_gpus = race(lap, own, comm);
  return {std::isfinite(on_cores) && clear_lead * on_gpus < on_cores ? own : torch::Device(torch::kCPU),
          describe(on_cores, on_gpus)};
}

}  // namespace bimetal::surrogate
