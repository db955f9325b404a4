#pragma once

#include <torch/torch.h>

#include "parallel/communicator.hpp"
#include "surrogate/options.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// The device this rank computes on: of the n GPUs that it sees, number (rank on its node) modulo n. A GPU that is
/// asked for and not found on some rank is a UserError on all. Collective.
torch::Device choose_device(Device wanted, const parallel::Communicator& comm);

}  // namespace bimetal::surrogate
