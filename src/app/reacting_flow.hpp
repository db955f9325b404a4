#pragma once

#include <memory>
#include <string>

#include "app/reacting_flow_config.hpp"
#include "app/run_config.hpp"
#include "chemistry/mechanism.hpp"
#include "subproblem/reactor.hpp"

namespace bimetal::app {

/// The mechanism of a run, read by root and parsed by all. Collective.
std::shared_ptr<const chemistry::Mechanism> load_mechanism(const std::string& path,
                                                           const parallel::Communicator& comm);

/// The reactor that a cell of this run is. UserError if the input asks for scales of what it does not have. Local.
subproblem::Reactor make_reactor(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism);

/// A gas that flows and reacts: transport on the grid, a reactor in every cell.
class ReactingFlow : public Physics {
 public:
  /// Borrows the configuration.
  ReactingFlow(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism);

  std::unique_ptr<subproblem::SubproblemSolver> make_reference() const override;
  std::string accuracy() const override { return as_reacting_flow(*config_).chemistry.tolerances; }
  int n_components() const override { return 1 + static_cast<int>(mechanism_->n_species()); }
  double n_columns() const override { return n_components(); }
  double bytes_per_cell() const override;
  double rows_per_cell() const override { return 1.0; }
  std::unique_ptr<Pde> make_pde(const grid::StructuredGrid& grid,
                                subproblem::SubproblemSolver& solver) const override;

 private:
  const RunConfig* config_;
  std::shared_ptr<const chemistry::Mechanism> mechanism_;
};

}  // namespace bimetal::app
