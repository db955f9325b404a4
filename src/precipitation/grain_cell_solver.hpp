#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

#include "precipitation/effective_conductivity.hpp"
#include "precipitation/grain_cell.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::precipitation {

/// Reference solver of the grain cell: a step of the phase field, then two linear cell problems. A row with memory
/// continues from that phase field. If its shape differs from the row's, because a surrogate answered in between, the
/// border is moved until they agree. Without memory the grain begins as an
/// ellipse. The answer depends on row and memory alone, to the bit. Local.
class GrainCellSolver : public subproblem::SubproblemSolver {
 public:
  explicit GrainCellSolver(const GrainCellOptions& options);

  GrainCell& kind() override { return kind_; }
  const GrainCell& kind() const { return kind_; }
  subproblem::BatchReport solve(subproblem::Batch& batch) override;  // Local

  /// The phase field of a fresh ellipse with these semi-axes, relative to the cell's side, as memory [pixels²];
  /// returns its porosity, elongation, interface and conductivities. RuntimeFailure if the conductivity does not
  /// converge. Local.
  std::array<double, GrainCell::n_out> begin(double a, double b, std::span<double> memory);

 private:
  std::optional<std::string> solve_row(std::span<const double> in, std::span<const double> memory,
                                       std::span<double> out, std::span<double> memory_out);
  std::optional<std::string> describe(std::span<double> out);
  std::optional<std::string> restore(const Shape& shape, std::span<const double> memory);

  GrainCell kind_;
  GrainField grain_;
  PhaseStep phase_step_;
  EffectiveConductivity conductivity_;
  PhaseField phi_;
};

}  // namespace bimetal::precipitation
