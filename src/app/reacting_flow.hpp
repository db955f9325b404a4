#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/reacting_flow_config.hpp"
#include "app/run_config.hpp"
#include "chemistry/mechanism.hpp"
#include "subproblem/reactor.hpp"

namespace bimetal::app {

/// A mechanism, read with all files that it refers to by root, and parsed by all. phase: by its name; none: the first
/// ideal gas. Collective.
std::shared_ptr<const chemistry::Mechanism> load_mechanism(const std::string& path,
                                                           const std::optional<std::string>& phase,
                                                           const parallel::Communicator& comm);

/// Scales of errors, and what the user should know about them.
struct ReactorScales {
  std::vector<double> values;  // [1 + n_species] of T and each Y
  std::optional<std::string> remark;
};

/// What an error of 1 means for T and each Y: taken from an ignition of the stoichiometric mixture, unless the user
/// says otherwise. Where there is no ignition, and no surrogate whose answers they would judge, from that mixture
/// itself. UserError: no ignition to take them from. Local.
ReactorScales make_scales(const RunConfig& config, const chemistry::Mechanism& mechanism);

/// The reactor that a cell of this run is. Local.
subproblem::Reactor make_reactor(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism,
                                 std::vector<double> scales);

/// A gas that flows and reacts: transport on the grid, a reactor in every cell.
class ReactingFlow : public Physics {
 public:
  /// Borrows the configuration.
  ReactingFlow(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism);

  std::unique_ptr<subproblem::SubproblemSolver> make_reference() const override;
  std::vector<std::string> remarks() const override;
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
  ReactorScales scales_;
};

}  // namespace bimetal::app
