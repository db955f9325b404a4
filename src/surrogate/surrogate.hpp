#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/rows.hpp"
#include "core/signature.hpp"
#include "parallel/communicator.hpp"
#include "surrogate/options.hpp"

namespace bimetal::surrogate {

struct TrainingReport {
  std::int64_t updates = 0;  // gradient steps done in all
  std::int64_t skipped = 0;  // of them without effect, because the gradient was not finite
  double loss = 0.0;         // mean over this round and all ranks
};

/// A network, its scaling and its error head, and how it learns. Two sets of weights live in it: the one that
/// serves, and the candidate that training improves; promote() makes the candidate serve as the next version.
/// The computation of the whole process is set to one thread, as ranks share the cores already.
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

  /// Proposes answers. in: [n, n_in]; out: [n, n_out] = state + N·xi, the state being the first n_out columns of `in`
  /// and N spanning the null space of the invariants, so that they hold to round-off; derived columns are copied from
  /// `in`. score: [n] predicted scaled error max_k |delta_k| / scale_k over the predicted columns. Local.
  void predict(Weights which, core::ConstRows in, core::Rows out, std::span<double> score);

  /// Puts physics answers into the replay buffer. in: [n, n_in], out: [n, n_out], id: [n]. Rows with a value that is
  /// not finite are refused and counted. Local.
  void remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id, std::int64_t step);

  /// `n_updates` gradient steps on the candidate, gradients averaged over ranks; the scaling is fitted
  /// whenever the rows seen have doubled. Does nothing until all ranks together hold a batch. Collective.
  TrainingReport train(std::int64_t n_updates);

  /// The candidate serves from now on. Local, done by all ranks alike.
  void promote();

  std::int32_t version() const;  // of the serving weights; -1 before the first promotion
  std::int64_t n_parameters() const;
  std::int64_t n_remembered() const;     // rows in this rank's replay buffer
  std::int64_t n_refused() const;        // rows it refused because they were not finite
  std::int64_t samples_trained() const;  // rows seen by gradient steps on all ranks
  bool trained() const;                  // the candidate has learned something

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bimetal::surrogate
