#pragma once

#include <torch/types.h>

#include <functional>
#include <string>

#include "parallel/communicator.hpp"
#include "surrogate/options.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

struct DeviceChoice {
  torch::Device device = torch::kCPU;
  std::string reason;  // how a race ended, for the log; empty: there was none
};

/// How many GPUs LibTorch finds on this rank. Local.
int count_gpus();

/// Does on this device once what a run does over and over; gives the seconds it took. Throws where it cannot.
using Lap = std::function<double(torch::Device)>;

/// The device this rank computes on: of the n_gpus that it sees, number (rank on its node) modulo n_gpus. A GPU that
/// is asked for and not found on some rank is a UserError on all. With `auto` the ranks race if any of them sees a
/// GPU: all run laps at the same time, first on their cores, then on the GPUs. They take the GPUs if the slowest rank
/// is clearly faster with them, because ranks that train wait for the slowest in every step; and all do alike.
/// Collective.
DeviceChoice choose_device(Device wanted, int n_gpus, const Lap& lap, const parallel::Communicator& comm);

}  // namespace bimetal::surrogate
