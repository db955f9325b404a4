#pragma once

#include <memory>
#include <utility>

#include "hybrid/letters.hpp"
#include "parallel/communicator.hpp"
#include "parallel/mailbox.hpp"

namespace bimetal::hybrid {

/// Who does what in a run: the first ranks solve, the last may train for them meanwhile. Solver r writes to trainer
/// r mod R only, and only the first trainer writes back. Copies share the mail.
class Crew {
 public:
  /// Everyone solves. Local.
  Crew(parallel::Communicator solvers);
  /// The last `n_trainers` ranks train. UserError, the same on every rank, if nobody would be left to solve.
  /// Collective.
  Crew(const parallel::Communicator& world, int n_trainers);

  int n_solvers() const { return n_solvers_; }
  int n_trainers() const { return n_trainers_; }
  /// Whether this rank does.
  bool trains() const { return trains_; }
  /// The ranks that do what this one does.
  const parallel::Communicator& own() const { return own_; }

  // The mail of this rank. Expects trainers, as do all that follow but the endings. Local.
  parallel::Mailbox& mail() const { return *mail_; }
  void tell(int whom, About what, parallel::Bytes content = {}, std::int64_t weight = 0) const {
    mail_->post(whom, static_cast<int>(what), std::move(content), weight);
  }
  void tell_all_trainers(About what, const parallel::Bytes& content = {}) const {
    for (int t = 0; t < n_trainers_; ++t) tell(first_trainer() + t, what, content);
  }
  void tell_all_solvers(About what, parallel::Bytes content = {}) const;

  // Addresses.
  int first_solver() const { return 0; }
  int first_trainer() const { return n_solvers_; }
  int my_trainer() const { return n_solvers_ + own_.rank() % n_trainers_; }

  // How a solver rank ends; without trainers nothing needs to be said.

  /// The last letter to every trainer. They end by the same error, if it is one. Local.
  void say_goodbye(const Goodbye& goodbye) const { tell_all_trainers(About::goodbye, pack(goodbye)); }
  /// After a goodbye without an error: receives and drops what trainers have sent until their farewell. Whether all
  /// solvers heard it within this time; after a no, only ending the job by force is left. Collective over solvers.
  bool hears_farewell(double seconds) const;

 private:
  int n_solvers_;
  int n_trainers_ = 0;
  bool trains_ = false;
  parallel::Communicator own_;
  std::shared_ptr<parallel::Mailbox> mail_;
};

}  // namespace bimetal::hybrid
