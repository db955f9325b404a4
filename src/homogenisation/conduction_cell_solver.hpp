#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "homogenisation/conduction_cell.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::homogenisation {

struct ConductionCellSolverOptions {
  double rtol = 1e-4;  // error of the flux, as a vector, relative to its magnitude [1], in [1e-10, 0.1]
};

/// What the solver has done so far on this rank.
struct ConductionCellCounts {
  std::int64_t rows = 0;  // asked for
  std::int64_t tangents = 0;
  std::int64_t newton = 0;    // steps
  std::int64_t cg = 0;        // iterations, those of tangents included
  std::int64_t failures = 0;  // rows without an answer; what stands there is 0
};

/// Reference solver of the cell. The answer to a row depends on the row alone, to the bit: not on its place in the
/// batch, nor on what was solved before.
class ConductionCellSolver : public subproblem::SubproblemSolver {
 public:
  explicit ConductionCellSolver(ConductionCell kind, const ConductionCellSolverOptions& options = {});
  ~ConductionCellSolver() override;
  ConductionCellSolver(ConductionCellSolver&&) noexcept;
  ConductionCellSolver& operator=(ConductionCellSolver&&) noexcept;

  ConductionCell& kind() override;
  /// Local.
  subproblem::BatchReport solve(subproblem::Batch& batch) override;

  /// The derivatives of a cell's flux by the gradient, dq_dg [d, d] row-major [W/m/K], and by the temperature, dq_dT
  /// [d] [W/m²/K]. Costs as much as two fluxes or so. Throws RuntimeFailure for a cell that has no flux. Local.
  void tangent(const CellState& cell, std::span<double> dq_dg, std::span<double> dq_dT);

  const ConductionCellCounts& counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bimetal::homogenisation
