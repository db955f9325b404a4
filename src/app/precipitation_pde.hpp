#pragma once

#include "app/pde.hpp"
#include "diffusion/two_scale_diffusion.hpp"

namespace bimetal::app {

struct RunConfig;

/// The PDE of two-scale precipitation.
class PrecipitationPde : public Pde {
 public:
  /// Borrows run, grid and solver. Collective.
  PrecipitationPde(const RunConfig& run, const diffusion::DiffusionOptions& macro,
                   const precipitation::GrainCellOptions& cell, const grid::StructuredGrid& grid,
                   subproblem::SubproblemSolver& solver);

  const grid::Extents& extents() const override { return grid_->extents(); }
  void persist(const core::Archive& archive) override;
  void advance(double dt, std::int64_t step) override;

  std::vector<io::CellField> fields() override;
  std::vector<std::string> history_columns() const override;
  std::vector<double> history() override;
  std::unique_ptr<Observer> make_observer(const std::string& directory,
                                          std::optional<std::int64_t> after_step) override;

  std::vector<std::pair<std::string, double>> seconds() const override { return {{"macro", macro_s_}}; }
  Json summary() override;
  std::vector<std::pair<std::string, std::string>> lines(const Json& summary) const override;
  std::string described() const override;
  std::vector<double> dear_row() override;

 private:
  void read_u();

  const RunConfig* run_;
  precipitation::GrainCellSolver reference_;
  const grid::StructuredGrid* grid_;
  diffusion::TwoScaleDiffusion medium_;
  diffusion::StepReport last_;
  double macro_s_ = 0.0;  // of this rank
  std::int64_t steps_ = 0, iterations_ = 0;
  std::vector<double> u_;  // of the owned cells, as read last
};

}  // namespace bimetal::app
