#pragma once

#include <memory>
#include <string>

#include "app/two_scale_config.hpp"

namespace bimetal::app {

/// Conduction of heat in a composite: on the grid an implicit PDE, at each face a periodic cell of two phases.
class TwoScaleConduction : public Physics {
 public:
  /// Borrows both.
  TwoScaleConduction(const RunConfig& run, const TwoScaleConfig& config);

  std::unique_ptr<subproblem::SubproblemSolver> make_reference() const override { return make_cell_solver(); }
  /// One more of the same, for whoever wants tangents. Local.
  std::unique_ptr<homogenisation::ConductionCellSolver> make_cell_solver() const;
  const homogenisation::ConductionCellOptions& cell_options() const { return cell_; }
  std::string accuracy() const override { return config_->accuracy; }
  int n_components() const override { return 1; }
  double n_columns() const override { return 4.0 + config_->cell.dimensions; }
  double bytes_per_cell() const override;
  double rows_per_cell() const override { return 2.5 * config_->cell.dimensions; }  // two or three evaluations a step
  std::unique_ptr<Pde> make_pde(const grid::StructuredGrid& grid,
                                subproblem::SubproblemSolver& solver) const override;

 private:
  const RunConfig* run_;
  const TwoScaleConfig* config_;
  homogenisation::ConductionCellOptions cell_;  // with scales
};

}  // namespace bimetal::app
