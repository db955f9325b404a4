#pragma once

#include <memory>
#include <vector>

#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::hybrid {

/// `n` rows that travel between two ranks.
struct Transfer {
  int from;
  int to;
  std::int64_t n;
};

/// How to even out the number of rows per rank with few messages: ranks above the mean send to ranks below it, in
/// order of rank. Nothing moves while the fullest rank is within 5 % of the mean. Pure; every rank gets the same plan
/// from the same counts [n_ranks].
std::vector<Transfer> plan_transfers(const std::vector<std::int64_t>& counts);

/// Solves a batch with a reference solver on all ranks, rows moved so that nobody idles. A sender picks its rows
/// evenly from its batch, so that they cost what its rows cost on average: neighbouring cells are about equally
/// stiff. The answer to a row does not depend on the rank that solves it. Failures are reported by the rank that met
/// them.
class BalancedSolver : public subproblem::SubproblemSolver {
 public:
  BalancedSolver(std::unique_ptr<subproblem::SubproblemSolver> reference, parallel::Communicator comm);

  subproblem::Kind& kind() override { return reference_->kind(); }
  subproblem::BatchReport solve(subproblem::Batch& batch) override;  // Collective

  /// Wall time of the last solve() that was not spent on rows of its own: sending, waiting, and what the reference
  /// solver takes however many rows there are [s].
  double overhead_seconds() const { return overhead_seconds_; }

 private:
  struct Work;
  using RowsByRank = std::vector<std::vector<std::int64_t>>;  // [n_ranks] lists of row numbers

  subproblem::BatchReport solve_here(subproblem::Batch& batch);
  subproblem::BatchReport solve_with_transfers(subproblem::Batch& batch, const std::vector<Transfer>& plan);
  std::vector<std::int64_t> send_rows(const subproblem::Batch& batch, const RowsByRank& rows, Work& work) const;
  void send_answers_home(const Work& work, std::int64_t n_stayed, std::vector<std::int64_t> visitors,
                         const RowsByRank& rows, subproblem::Batch& batch) const;

  std::unique_ptr<subproblem::SubproblemSolver> reference_;
  parallel::Communicator comm_;
  double reference_seconds_ = 0.0;  // of the running solve()
  double overhead_seconds_ = 0.0;
};

}  // namespace bimetal::hybrid
