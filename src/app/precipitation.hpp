#pragma once

#include <memory>
#include <string>

#include "app/precipitation_config.hpp"

namespace bimetal::app {

/// Diffusion through a medium whose grains dissolve or grow, one under each grid cell.
class Precipitation : public Physics {
 public:
  /// Borrows both.
  Precipitation(const RunConfig& run, const PrecipitationConfig& config);

  std::unique_ptr<subproblem::SubproblemSolver> make_reference() const override;
  std::string accuracy() const override;
  int n_components() const override { return 1; }
  double n_columns() const override { return precipitation::GrainCell::n_in; }
  double bytes_per_cell() const override;
  double rows_per_cell() const override { return 3.0; }  // iterations of a step
  std::unique_ptr<Pde> make_pde(const grid::StructuredGrid& grid,
                                subproblem::SubproblemSolver& solver) const override;

 private:
  const RunConfig* run_;
  const PrecipitationConfig* config_;
  precipitation::GrainCellOptions cell_;  // with scales
};

}  // namespace bimetal::app
