#pragma once

#include <cstdint>
#include <vector>

#include "core/data_rows.hpp"
#include "hybrid/hybrid_solver.hpp"
#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::hybrid {

/// Watches a solver and keeps, of every step, rows that physics answered, with their answers: those for the data set,
/// and of these the moved copies that the hybrid made. Which ones depends on seed, step and cell alone, never on the
/// number of ranks.
class DataRecorder : public subproblem::SubproblemSolver {
 public:
  /// solver: the hybrid, or what wraps it. rows_per_step: kept at most, of all ranks, moved copies aside.
  DataRecorder(subproblem::SubproblemSolver& solver, const HybridSolver& hybrid, std::int64_t rows_per_step,
               std::uint64_t seed, parallel::Communicator comm);

  subproblem::Kind& kind() override { return solver_->kind(); }
  subproblem::BatchReport solve(subproblem::Batch& batch) override;  // Collective

  /// Of the last step on this rank; none of a rehearsal.
  const core::DataRows& rows() const { return rows_; }

 private:
  std::uint64_t key_of(std::int64_t step, std::int64_t cell) const;
  void choose(const subproblem::Batch& batch);
  void keep(std::span<const double> in, std::span<const double> out, std::int64_t id, std::int64_t step,
            std::int64_t cell);
  std::uint64_t bound_of_keys() const;

  subproblem::SubproblemSolver* solver_;
  const HybridSolver* hybrid_;
  std::int64_t rows_per_step_;
  std::uint64_t seed_;
  parallel::Communicator comm_;
  std::vector<subproblem::Provenance> provenance_;  // where the caller does not want to know
  std::vector<std::uint64_t> keys_;                 // of the rows that physics answered
  core::DataRows rows_;
};

}  // namespace bimetal::hybrid
