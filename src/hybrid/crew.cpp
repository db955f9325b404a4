#include "hybrid/crew.hpp"

#include <chrono>
#include <thread>

#include "core/error.hpp"
#include "core/timer.hpp"

namespace bimetal::hybrid {
namespace {

int left_to_solve(const parallel::Communicator& world, int n_trainers) {
  if (n_trainers >= world.size())
    throw core::UserError::format(
        "training.placement: dedicated needs training.trainer_ranks ({}) and at least one rank that solves, and "
        "there {} {} in all: start more by mpirun -n, or choose in_situ",
        n_trainers, world.size() == 1 ? "is" : "are", world.size());
  return world.size() - n_trainers;
}

}  // namespace

Crew::Crew(parallel::Communicator solvers) : n_solvers_(solvers.size()), own_(std::move(solvers)) {}

Crew::Crew(const parallel::Communicator& world, int n_trainers)
    : n_solvers_(left_to_solve(world, n_trainers)),
      n_trainers_(n_trainers),
      trains_(world.rank() >= n_solvers_),
      own_(world.split(trains_ ? 1 : 0)) {
  if (n_trainers > 0) mail_ = std::make_shared<parallel::Mailbox>(world);
}

void Crew::tell_all_solvers(About what, parallel::Bytes content) const {
  const auto letter = std::make_shared<const parallel::Bytes>(std::move(content));
  for (int solver = 0; solver < n_solvers_; ++solver) mail_->post(solver, static_cast<int>(what), letter);
}

bool Crew::hears_farewell(double seconds) const {
  if (n_trainers_ == 0) return true;
  const core::Stopwatch watch;
  bool heard = false;
  while (!(heard && mail_->n_under_way() == 0) && watch.seconds() < seconds) {
    while (const auto letter = mail_->next()) heard |= letter->kind == static_cast<int>(About::farewell);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return own_.min(heard ? 1.0 : 0.0) > 0.0;
}

}  // namespace bimetal::hybrid
