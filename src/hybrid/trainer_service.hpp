#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/timer.hpp"
#include "hybrid/crew.hpp"
#include "hybrid/hybrid_options.hpp"
#include "surrogate/surrogate.hpp"

namespace bimetal::hybrid {

/// The trainers' end of placement `dedicated`: learns from the samples that arrive, and sends candidates to the
/// solvers, each after the one before it was taken. All trainers go through the same rounds: a look at the mail, an
/// agreement on what to do, a few gradient steps, averaged over them. What happens when is up to the speed of the
/// machine, so two runs differ.
class TrainerService {
 public:
  /// Expects this rank to be a trainer. Local.
  TrainerService(const HybridOptions& options, const Crew& crew, const core::Signature& signature,
                 surrogate::Surrogate surrogate);

  /// Serves until all solvers have said goodbye. If they ended by an error, so does this: UserError or
  /// RuntimeFailure, the same. Collective over trainers.
  void run();

 private:
  /// What the trainers know together after a look at their mail.
  struct Agreed {
    std::int64_t arrived = 0;                    // rows since the last look
    std::int64_t remembered = 0;                 // rows to learn from
    std::int64_t goodbyes = 0;                   // so far
    std::int64_t taken = 0;                      // whether the last candidate was, since the last look
    std::int64_t user_errors = 0, failures = 0;  // trainers that heard of one
    std::int64_t begun = 0;                      // trainers that know that the run has begun
    std::int64_t save_letters = 0;               // so far
    std::int64_t updates = 0;                    // gradient steps of the coming round
  };
  enum class Health { sound, silent, hung };

  Agreed look_at_mail();
  void go_on(const Agreed& agreed);
  void take_samples(const parallel::Letter& letter);
  void begin(const parallel::Bytes& state);
  void hand_over_state();
  void persist(const core::Archive& archive);
  void end_by_error_of_solvers(const Agreed& agreed) const;
  Health health() const;
  bool has_something_to_learn(const Agreed& agreed);
  void train(std::int64_t n_updates);
  void send_candidate();
  void show_life();
  void part();

  HybridOptions options_;
  Crew crew_;
  surrogate::Surrogate surrogate_;
  std::int64_t n_in_, n_out_;

  std::int64_t arrived_ = 0;  // rows since the last agreement, on this rank
  std::int64_t taken_ = 0;    // likewise
  std::int64_t goodbyes_ = 0;
  std::optional<Goodbye> error_;
  bool begun_ = false;
  std::vector<parallel::Letter> early_;  // samples from before the run had begun here
  std::int64_t save_letters_ = 0, n_saved_ = 0;

  std::int64_t updates_ = 0;                   // gradient steps so far
  std::int64_t updates_then_ = 0;              // when the last candidate was sent
  std::int64_t n_candidates_ = 0;              // sent
  bool under_way_ = false;                     // a candidate that has not been taken yet
  std::int64_t seen_since_news_ = 0;           // rows drawn since the last new one arrived, all trainers
  double loss_ = 0.0;                          // of the last round
  double seconds_per_update_ = 0.0;            // of the last round; 0 before the first
  std::optional<core::Stopwatch> since_life_;  // since the first trainer last showed life
};

}  // namespace bimetal::hybrid
