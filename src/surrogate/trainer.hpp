#pragma once

#include <cstdint>
#include <vector>

#include "core/archive.hpp"
#include "parallel/communicator.hpp"
#include "surrogate/model.hpp"
#include "surrogate/network.hpp"
#include "surrogate/options.hpp"
#include "surrogate/replay_buffer.hpp"
#include "surrogate/soap.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// Stochastic gradient descent of one network on the replay buffers of all ranks. Every rank draws from its own
/// buffer; one all-reduce a step carries the sum of gradients together with the number of rows behind it, so that a
/// rank without rows takes part with zeros and every rank takes the same step to the bit. A step whose reduced
/// gradient is not finite is skipped by all ranks alike and counted.
///
/// The steps stay long, so that learning can follow a drifting flame; what serves is the exponential average of the
/// weights (Polyak & Juditsky, SIAM J. Control Optim. 30 (1992) 838), which is as good at any time as the end of a
/// decaying rate.
class Trainer {
 public:
  /// What has been done so far, by this trainer and those before it.
  struct Counts {
    std::int64_t updates = 0;
    std::int64_t skipped = 0;
    std::int64_t samples = 0;  // rows seen by gradient steps, on all ranks
    std::int64_t redrawn = 0;  // times the weights were drawn anew
    std::int64_t age = 0;      // gradient steps since the weights were drawn

    void persist(const core::Archive& archive);
  };

  /// Borrows all but the options and the communicator; the scaling of `average` must be fitted and stay as it is.
  /// `learner` takes the steps, the network of `average` is given the running mean of its weights. Local.
  Trainer(const ReplayBuffer& replay, Network& learner, Model& average, const TrainingOptions& options,
          const parallel::Communicator& comm, const Counts& before);

  /// If weights are not finite, which no gradient step would change: draws them anew and starts over. Local; the same
  /// on all ranks, as the weights are.
  void heal();

  /// One gradient step; gives the mean loss over the rows of all ranks. Collective.
  double update();

  const Counts& counts() const { return counts_; }

  /// What it borrows is somebody else's to keep.
  void persist(const core::Archive& archive);

 private:
  void draw(std::int64_t n);
  double learning_rate() const;
  void take_average();

  const ReplayBuffer& replay_;
  Network& learner_;
  Model& average_;
  TrainingOptions options_;
  parallel::Communicator comm_;
  Soap optimiser_;
  std::vector<std::int64_t> slots_;  // of the rows drawn
  Network::Input x_;                 // [batch, ...], on the host like the following
  torch::Tensor truth_;              // [batch, n_targets] increments in knees
  torch::Tensor unit_;               // [batch, n_predicted] of the errors, in scales
  torch::Tensor reduced_;            // [n_parameters + 2]: gradient, loss, rows
  Counts counts_;
  std::int64_t n_own_updates_ = 0;  // since the optimiser started
};

}  // namespace bimetal::surrogate
