#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/rows.hpp"
#include "core/signature.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::surrogate {

/// The network. Defaults are for small mechanisms.
struct NetworkOptions {
  std::vector<std::int64_t> layers{128, 128};  // widths of the hidden layers; GELU between them
  std::vector<std::int64_t> error_layers{32};  // widths of the error head's hidden layers
  std::uint64_t seed = 1;                      // of the initial weights
};

struct TrainingOptions {
  std::int64_t batch = 512;             // rows per gradient step and rank
  double learning_rate = 2e-3;          // of Adam, at the start
  double learning_rate_end = 1e-4;      // reached after `decay_updates`, cosine in between
  std::int64_t decay_updates = 8000;    // gradient steps
  std::int64_t replay_capacity = 100000;  // rows per rank
};

struct TrainingReport {
  std::int64_t updates = 0;  // gradient steps done in all
  double loss = 0.0;         // mean over this round and all ranks
};

/// A network, its scaling and its error head, and how it learns. Two sets of weights live in it: the one that
/// serves, and the candidate that training improves; promote() makes the candidate serve as the next version.
/// Serving before the first promotion is an error (EXPECT).
class Surrogate {
 public:
  /// All ranks start from the same weights. Collective.
  Surrogate(const core::Signature& signature, const NetworkOptions& network, const TrainingOptions& training,
            const parallel::Communicator& comm);
  ~Surrogate();
  Surrogate(Surrogate&&) noexcept;
  Surrogate& operator=(Surrogate&&) noexcept;

  enum class Weights { serving, candidate };

  /// Proposes answers. in: [n, n_in]; out: [n, n_out] = in + N·xi, N spanning the null space of the invariants, so
  /// that they hold to round-off; derived columns are copied from `in`. score: [n] predicted scaled error
  /// max_k |delta_k| / scale_k over the predicted columns. Local.
  void predict(Weights which, core::ConstRows in, core::Rows out, std::span<double> score);

  /// Puts physics answers into the replay buffer. in: [n, n_in], out: [n, n_out], id: [n]. Local.
  void remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id, std::int64_t step);

  /// `n_updates` gradient steps on the candidate, gradients averaged over ranks; the first call that finds enough
  /// rows fixes the scaling. Does nothing until all ranks together hold a batch. Collective.
  TrainingReport train(std::int64_t n_updates);

  /// The candidate serves from now on. Local, done by all ranks alike.
  void promote();

  std::int32_t version() const;           // of the serving weights; -1 before the first promotion
  std::int64_t n_parameters() const;
  std::int64_t n_remembered() const;      // rows in this rank's replay buffer
  std::int64_t samples_trained() const;   // rows seen by gradient steps on all ranks
  bool trained() const;                   // the candidate has learned something

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bimetal::surrogate
