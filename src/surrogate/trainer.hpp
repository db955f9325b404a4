#pragma once

#include <cstdint>
#include <vector>

#include "core/signature.hpp"
#include "parallel/communicator.hpp"
#include "surrogate/loss.hpp"
#include "surrogate/network.hpp"
#include "surrogate/options.hpp"
#include "surrogate/replay_buffer.hpp"
#include "surrogate/scaling.hpp"
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
  /// Borrows all but the options and the communicator; the scaling must be fitted. `learner` takes the steps,
  /// `average` is given the running mean of its weights. Local.
  Trainer(const core::Signature& signature, const Scaling& scaling, const ReplayBuffer& replay, Network& learner,
          Network& average, const TrainingOptions& options, const parallel::Communicator& comm);

  /// One gradient step; gives the mean loss over the rows of all ranks. Collective.
  double update();

  std::int64_t n_updates() const { return n_updates_; }
  std::int64_t n_skipped() const { return n_skipped_; }
  std::int64_t n_samples() const { return n_samples_; }  // rows seen by gradient steps, on all ranks

 private:
  void draw(std::int64_t n);
  double learning_rate() const;
  void take_average();

  const Scaling& scaling_;
  const ReplayBuffer& replay_;
  Network& learner_;
  Network& average_;
  TrainingOptions options_;
  parallel::Communicator comm_;
  Loss loss_;
  Soap optimiser_;
  std::vector<std::int64_t> slots_;  // of the rows drawn
  torch::Tensor x_;                  // [batch, n_features]
  torch::Tensor z_;                  // [batch, n_targets]
  std::vector<float> reduced_;       // [n_parameters + 2]: gradient, loss, rows
  std::int64_t n_updates_ = 0;
  std::int64_t n_skipped_ = 0;
  std::int64_t n_samples_ = 0;
};

}  // namespace bimetal::surrogate
