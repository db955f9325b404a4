#pragma once

#include <memory>

#include "app/pde.hpp"
#include "app/two_scale_config.hpp"
#include "conduction/heat_conduction.hpp"
#include "homogenisation/conduction_cell_solver.hpp"

namespace bimetal::app {

/// What the macroscopic solver's steps have been like so far.
struct ConductionRecord {
  double macro_s = 0.0;  // of this rank
  std::int64_t steps = 0, newton_iterations = 0, evaluations = 0, linear_iterations = 0;
  int most_iterations = 0;        // of Newton's method, in a step
  double largest_residual = 0.0;  // [K]

  void add(const conduction::StepReport& step);
  void persist(const core::Archive& archive);
};

/// The PDE of two-scale conduction.
class TwoScalePde : public Pde {
 public:
  /// tangents: who knows the derivatives of a flux. Borrows the rest. Collective.
  TwoScalePde(const RunConfig& run, const TwoScaleConfig& config,
              std::unique_ptr<homogenisation::ConductionCellSolver> tangents, const grid::StructuredGrid& grid,
              subproblem::SubproblemSolver& solver);
  ~TwoScalePde() override;

  const grid::Extents& extents() const override { return grid_->extents(); }
  void persist(const core::Archive& archive) override;
  void advance(double dt, std::int64_t step) override;

  std::vector<io::CellField> fields() override;
  std::vector<std::string> history_columns() const override;
  std::vector<double> history() override;
  std::unique_ptr<Observer> make_observer(const std::string& directory,
                                          std::optional<std::int64_t> after_step) override;

  std::vector<std::pair<std::string, double>> seconds() const override { return {{"macro", record_.macro_s}}; }
  Json summary() override;
  std::vector<std::pair<std::string, std::string>> lines(const Json& summary) const override;
  std::string described() const override;
  std::vector<double> dear_row() override;

 private:
  void read_temperature();
  struct Cells;  // how faces pose their cells, and who knows their tangents

  const RunConfig* run_;
  const TwoScaleConfig* config_;
  const grid::StructuredGrid* grid_;
  std::unique_ptr<Cells> cells_;
  std::unique_ptr<conduction::HeatConduction> heat_;
  ConductionRecord record_;
  conduction::StepReport last_;

  // A snapshot's fields lie here.
  std::vector<double> temperature_, fraction_, angle_;
  core::RowTable flux_{1};
};

}  // namespace bimetal::app
