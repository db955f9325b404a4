#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/archive.hpp"
#include "core/rows.hpp"
#include "core/signature.hpp"
#include "parallel/communicator.hpp"
#include "surrogate/model_file.hpp"
#include "surrogate/options.hpp"
#include "surrogate/signals.hpp"

namespace bimetal::surrogate {

struct TrainingReport {
  std::int64_t updates = 0;  // gradient steps done in all
  std::int64_t skipped = 0;  // of them without effect, because the gradient was not finite
  std::int64_t redrawn = 0;  // times the weights were drawn anew in all, because they were not finite
  double loss = 0.0;         // mean over this round and all ranks
};

/// A network, its scaling and what it says against its own answers, and how it learns. Two versions of it can be
/// asked: the one that serves, and the candidate that training improves, also as it was when a snapshot of it was
/// taken; promote() makes one of these serve as the next version, roll_back() takes that back. Corrections follow the
/// run without a gradient step. The whole process computes on as many threads as the options say. Serving before the
/// first promotion is an error (EXPECT).
class Surrogate {
 public:
  /// All ranks start from the same weights. Collective.
  Surrogate(const core::Signature& signature, const NetworkOptions& network, const TrainingOptions& training,
            const parallel::Communicator& comm);
  /// The candidate is the model of a file, which must be for this signature (ModelFile::require_for). Learning goes
  /// on from it, at the smallest rate, and keeps its scaling. Collective.
  Surrogate(const core::Signature& signature, const ModelFile& file, const NetworkOptions& network,
            const TrainingOptions& training, const parallel::Communicator& comm);
  ~Surrogate();
  Surrogate(Surrogate&&) noexcept;
  Surrogate& operator=(Surrogate&&) noexcept;

  enum class Weights { serving, candidate, snapshot };

  /// Proposes answers. in: [n, n_in]; out: [n, n_out] = base(in) + N·xi, N spanning the null space of the invariants,
  /// so that they hold to round-off; derived columns are their base. signals: [n]. An answer that is not finite comes
  /// with signals that are not finite, never with an exception. Local.
  void predict(Weights which, core::ConstRows in, core::Rows out, std::span<Signals> signals);

  /// Corrects the answers of these weights from now on, by what they lack on rows that physics has answered as well
  /// (Correction); the weights themselves stay as they are. in: [n, n_in], out: [n, n_out]; some ranks may give no
  /// rows. Collective.
  void correct(Weights which, core::ConstRows in, core::ConstRows out);

  /// Puts physics answers into the replay buffer. in: [n, n_in], out: [n, n_out], id: [n]. Rows with a value that is
  /// not finite are refused and counted. Local.
  void remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id, std::int64_t step);

  /// `n_updates` gradient steps on the candidate, gradients averaged over ranks; the scaling is fitted
  /// whenever four times as many rows have been seen. Weights that are not finite are drawn anew first, and learning
  /// starts over. Does nothing until all ranks together hold a batch, and never if it does not learn. Collective.
  TrainingReport train(std::int64_t n_updates);

  /// Gradient steps over which the learning rate comes down, and whether it has.
  std::int64_t decay_updates() const;
  bool rate_is_down() const;
  /// The learning rate goes half the way up again. Local, done by all ranks alike.
  void begin_again();

  /// All ranks go on with the weights of the first. Each takes the same gradient steps, but on processors or devices
  /// of another kind they round otherwise. Collective.
  void make_candidate_alike();

  /// Fixes which inputs the candidate knows, by the rows now in the replay buffers of all ranks; for its signal
  /// `distance`. To be called before a candidate is judged and promoted. Collective.
  void familiarise();

  /// Keeps the candidate as it is now, to be judged by rows that come later. Gone when the weights are drawn anew.
  /// Local, done by all ranks alike.
  void take_snapshot();
  bool has_snapshot() const;

  /// The candidate or its snapshot serves from now on, as a version with a number that never was; trained or not. The
  /// version that served before is kept. Local, done by all ranks alike.
  void promote(Weights which = Weights::candidate);

  bool can_roll_back() const;  // a version from before the serving one is kept; there is at most one

  /// The version that served before the last promotion serves again, under its old number; the one that served now is
  /// given up. Expects can_roll_back(). Local, done by all ranks alike.
  void roll_back();

  /// A model file of one set of weights: the bytes. Local.
  std::string save(Weights which) const;

  /// The candidate with all that belongs to it, and how it came about, for ranks that do not train; they need a
  /// surrogate made of the same options. Local.
  std::vector<std::byte> pack_candidate() const;
  void unpack_candidate(std::span<const std::byte> bytes);

  /// Weights of all versions, what they were trained on, and how far training has come. Collective.
  void persist(const core::Archive& archive);

  /// Overwrites the weights that serve, those of the candidate and those that learn by NaN. For tests of what guards
  /// against a broken surrogate. Local, done by all ranks alike.
  void spoil();

  /// How a race between cores and GPUs ended, for the log; empty if there was none (choose_device).
  const std::string& device_choice() const;
  std::string device() const;  // that its weights are on: cpu or cuda
  bool warm() const;           // it began as the model of a file
  bool learns() const;         // training can change what it says: a model from elsewhere may have no parameters
  bool has_second() const;     // answers come with a disagreement
  /// What the serving weights' network said, in its own words, when it first raised for rows of this rank, which then
  /// had no answer; empty as long as it has not. Local.
  const std::string& first_words() const;
  std::int32_t version() const;  // of the serving weights, from 0; -1 before the first promotion
  std::int64_t n_parameters() const;
  std::int64_t n_remembered() const;     // rows in this rank's replay buffer
  std::int64_t n_refused() const;        // rows it refused because they were not finite
  std::int64_t samples_trained() const;  // rows seen by gradient steps on all ranks
  bool trained() const;                  // the candidate has learned something
  std::uint64_t fingerprint() const;     // of the candidate's weights

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bimetal::surrogate
