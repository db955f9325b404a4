#pragma once

#include <memory>

#include "app/conservation.hpp"
#include "app/data_recorder.hpp"
#include "app/run_config.hpp"
#include "chemistry/mechanism.hpp"
#include "core/archive.hpp"
#include "core/log.hpp"
#include "flow/reacting_flow.hpp"
#include "grid/structured_grid.hpp"
#include "hybrid/crew.hpp"
#include "hybrid/hybrid_solver.hpp"
#include "subproblem/reactor.hpp"
#include "surrogate/surrogate.hpp"

namespace bimetal::app {

/// The mechanism of a run, read by root and parsed by all. Collective.
std::shared_ptr<const chemistry::Mechanism> load_mechanism(const std::string& path,
                                                           const parallel::Communicator& comm);

/// The reactor that a cell of this run is. UserError if the input asks for scales of what it does not have. Local.
subproblem::Reactor make_reactor(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism);

/// The surrogate a run starts with, alike on all ranks of comm, be it those that solve or those that train.
/// Collective.
surrogate::Surrogate make_surrogate(const RunConfig& config, const core::Signature& signature,
                                    const parallel::Communicator& comm);

/// Everything that lives for the length of a run, put together from its configuration: physics, the hybrid around
/// it, a monitor around that, a recorder of training data around that if asked for, and the flow that hands them its
/// cells.
class Simulation {
 public:
  /// On the ranks of the crew that solve. Collective over them.
  Simulation(const RunConfig& config, const hybrid::Crew& crew, const core::Log& log);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Collective.
  void persist(const core::Archive& archive);

  const chemistry::Mechanism& mechanism() const { return *mechanism_; }
  const grid::StructuredGrid& grid() const { return grid_; }
  hybrid::HybridSolver& hybrid() { return *hybrid_; }
  const ConservationMonitor& conservation() const { return *monitor_; }
  /// Null unless a data set is asked for.
  const DataRecorder* recorder() const { return recorder_.get(); }
  flow::ReactingFlow& flow() { return *flow_; }

 private:
  std::shared_ptr<const chemistry::Mechanism> mechanism_;
  grid::StructuredGrid grid_;
  std::unique_ptr<hybrid::HybridSolver> hybrid_;
  std::unique_ptr<ConservationMonitor> monitor_;
  std::unique_ptr<DataRecorder> recorder_;
  std::unique_ptr<flow::ReactingFlow> flow_;
};

}  // namespace bimetal::app
