#pragma once

#include <memory>

#include "app/conservation.hpp"
#include "app/pde.hpp"
#include "app/reacting_flow_config.hpp"
#include "app/run_config.hpp"
#include "flow/reacting_flow.hpp"

namespace bimetal::app {

/// What the flow's steps have been like so far.
struct FlowRecord {
  double transport_s = 0.0, pressure_s = 0.0;  // of this rank; pressure with momentum
  std::int64_t steps = 0;
  std::int64_t pressure_iterations = 0;  // of all steps
  int most_pressure_iterations = 0;      // of a step
  double largest_residual = 0.0;         // root mean square of the divergence's error [1/s]
  std::int64_t negative_cells = 0;       // over all steps, of this rank
  double largest_negative = 0.0;         // mass fraction that transport left below zero, of this rank
  std::int64_t retries = 0;              // of reactors, over all steps, of this rank

  void add(const flow::StepReport& step);
  void persist(const core::Archive& archive);
};

/// The PDE of a reacting flow, with a watch over what its reactors conserve.
class ReactingFlowPde : public Pde {
 public:
  /// Borrows all but the mechanism. Collective.
  ReactingFlowPde(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism,
                  const grid::StructuredGrid& grid, subproblem::SubproblemSolver& solver);

  const grid::Extents& extents() const override { return grid_->extents(); }
  void persist(const core::Archive& archive) override;
  StepRates rates() override { return {flow_->courant_rate(), flow_->expansion_rate()}; }
  void advance(double dt, std::int64_t step) override;

  std::vector<io::CellField> fields() override;
  std::vector<std::string> history_columns() const override;
  std::vector<double> history() override;
  std::unique_ptr<Observer> make_observer(const std::string& directory,
                                          std::optional<std::int64_t> after_step) override;

  std::vector<std::pair<std::string, double>> seconds() const override;
  Json summary() override;
  std::vector<std::pair<std::string, std::string>> lines(const Json& summary) const override;
  std::string described() const override;
  std::vector<double> dear_row() override;

 private:
  const RunConfig* config_;
  std::shared_ptr<const chemistry::Mechanism> mechanism_;
  const grid::StructuredGrid* grid_;
  ConservationMonitor monitor_;
  std::unique_ptr<flow::ReactingFlow> flow_;
  FlowRecord record_;
  flow::StepReport last_;  // without its batch's failures
  double dt_ = 0.0;        // of the last step [s]

  // A snapshot's fields lie here.
  std::vector<double> state_, density_, pressure_;
  core::RowTable velocity_{1};
};

}  // namespace bimetal::app
