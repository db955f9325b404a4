#pragma once

#include <memory>

#include "app/conservation.hpp"
#include "app/run_config.hpp"
#include "chemistry/mechanism.hpp"
#include "core/log.hpp"
#include "flow/reacting_flow.hpp"
#include "grid/structured_grid.hpp"
#include "hybrid/hybrid_solver.hpp"

namespace bimetal::app {

/// The mechanism of a run, read by root and parsed by all. Collective.
std::shared_ptr<const chemistry::Mechanism> load_mechanism(const std::string& path,
                                                           const parallel::Communicator& comm);

/// Everything that lives for the length of a run, put together from its configuration: physics, the hybrid around
/// it, a monitor around that, and the flow that hands them its cells.
class Simulation {
 public:
  /// Collective.
  Simulation(const RunConfig& config, const parallel::Communicator& comm, const core::Log& log);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  const chemistry::Mechanism& mechanism() const { return *mechanism_; }
  const grid::StructuredGrid& grid() const { return grid_; }
  hybrid::HybridSolver& hybrid() { return *hybrid_; }
  const ConservationMonitor& conservation() const { return *monitor_; }
  flow::ReactingFlow& flow() { return *flow_; }

 private:
  std::shared_ptr<const chemistry::Mechanism> mechanism_;
  grid::StructuredGrid grid_;
  std::unique_ptr<hybrid::HybridSolver> hybrid_;
  std::unique_ptr<ConservationMonitor> monitor_;
  std::unique_ptr<flow::ReactingFlow> flow_;
};

}  // namespace bimetal::app
