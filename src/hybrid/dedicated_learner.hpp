#pragma once

#include <optional>

#include "core/timer.hpp"
#include "hybrid/learner.hpp"

namespace bimetal::hybrid {

/// The solvers' end of placement `dedicated`: hands samples to a trainer and takes candidates from it, and waits for
/// neither. After every step the solvers begin to add up who holds the next candidate, and after the next one they
/// know; at the first look by which all do, it becomes the surrogate's. Trainers not heard of for longer than the
/// patience are given up, and with them all training.
class DedicatedLearner : public Learner {
 public:
  /// Expects trainers in the crew, this rank not among them. Borrows the surrogate. Local.
  DedicatedLearner(const HybridOptions& options, const Crew& crew, const core::Signature& signature,
                   surrogate::Surrogate& surrogate, core::Log log);

  /// Rows of a step that find the queue full are dropped; which ones is left to chance, so that those that stay are
  /// a fair sample of the step.
  void remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id,
                std::int64_t step) override;
  // Trainers work at their own pace.
  std::int64_t updates_due(std::int64_t, const AnswersOfStep&) override { return 0; }
  bool learns() const override { return !account_.given_up_at; }
  TrainingRound train(std::int64_t step, std::int64_t n_updates) override;
  TrainingAccount account() const override { return account_; }
  /// Asks the trainers for their state, and waits for it; not longer than they may be silent.
  void gather_state() override;
  void persist(const core::Archive& archive) override;

 private:
  void begin();
  void post_samples();
  void read_mail();
  void take_candidate();
  void give_up(std::int64_t step);

  TrainingSchedule schedule_;
  std::uint64_t seed_;
  Crew crew_;
  surrogate::Surrogate* surrogate_;
  core::Log log_;
  Samples samples_;                     // of this step, to be sent
  std::int64_t n_offered_ = 0;          // rows of this step
  std::int64_t room_ = 0;               // rows that may be sent after this step
  std::optional<Candidate> candidate_;  // received, not all solvers may have it yet
  parallel::PendingSum agreement_;      // how many solvers have the candidate; whether the trainers are silent
  core::Stopwatch silence_;             // first solver: since the trainers were last heard of
  double loss_ = 0.0;                   // of the last candidate
  bool begun_ = false;                  // the trainers know that the run has
  // First solver: the state of every trainer, as it was last handed over; empty before.
  std::vector<parallel::Bytes> trainer_states_;
  int n_states_arrived_ = 0;  // since they were asked for
  TrainingAccount account_;
};

}  // namespace bimetal::hybrid
