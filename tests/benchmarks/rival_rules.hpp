#pragma once

#include <array>
#include <memory>
#include <vector>

#include "hybrid/balanced_solver.hpp"
#include "precipitation/grain_cell_solver.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::benchmarks {

/// How others spare grain cells: wrappers of the reference solver that the macroscopic solver takes for it. Counts
/// are of this rank.
class RivalRule : public subproblem::SubproblemSolver {
 public:
  RivalRule(const precipitation::GrainCellOptions& options, const parallel::Communicator& comm)
      : reference_(std::make_unique<precipitation::GrainCellSolver>(options), comm) {}

  subproblem::Kind& kind() override { return reference_.kind(); }
  std::int64_t asked() const { return asked_; }
  std::int64_t solved() const { return solved_; }

 protected:
  /// Has physics answer these rows of a batch. Collective.
  subproblem::BatchReport solve_some(subproblem::Batch& batch, const std::vector<std::int64_t>& rows);

 private:
  hybrid::BalancedSolver reference_;
  std::int64_t asked_ = 0, solved_ = 0;
};

/// Every row is solved.
class AllSolved : public RivalRule {
 public:
  using RivalRule::RivalRule;
  subproblem::BatchReport solve(subproblem::Batch& batch) override;
};

/// Rows that have been alike for long are represented by one of them (M. Redeker, C. Eck, J. Comput. Phys. 240 (2013)
/// 268, on the rows of a rank): distances grow by how much rows differ and fade; an active row that is closer to
/// another one than `coarsening` times the limit becomes passive, a passive one that is farther than the limit,
/// `refining` times the largest distance, from all active ones becomes active. A passive row has answer and memory of
/// the nearest active one.
class Similarity : public RivalRule {
 public:
  struct Constants {
    double history = 0.1, coarsening = 0.2, refining = 0.05;
  };
  Similarity(const precipitation::GrainCellOptions& options, const parallel::Communicator& comm, Constants constants)
      : RivalRule(options, comm), constants_(constants) {}
  subproblem::BatchReport solve(subproblem::Batch& batch) override;

 private:
  using Features = std::array<double, 4>;  // u, porosity, K_xx, K_yy
  void measure(const subproblem::Batch& batch);
  void choose();

  Constants constants_;
  std::vector<Features> features_;
  std::vector<double> distance_at_start_, distance_;  // [n, n], of the step and of the iteration
  std::vector<bool> active_;
};

/// An off-line polynomial of u alone, used where u lies in its window at the start of a step.
class PolynomialInWindow : public RivalRule {
 public:
  struct Fit {
    double from = 0.0, to = 0.0;
    std::array<std::vector<double>, precipitation::GrainCell::n_out> coefficients;  // highest power first
  };
  PolynomialInWindow(const precipitation::GrainCellOptions& options, const parallel::Communicator& comm, Fit fit)
      : RivalRule(options, comm), fit_(std::move(fit)) {}
  subproblem::BatchReport solve(subproblem::Batch& batch) override;

 private:
  Fit fit_;
  std::vector<bool> inside_;  // of the rows of the step
};

}  // namespace bimetal::benchmarks
