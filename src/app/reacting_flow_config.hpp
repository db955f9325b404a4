#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/flow_config.hpp"
#include "app/physics.hpp"
#include "flow/initial.hpp"
#include "subproblem/reactor_solver.hpp"

namespace bimetal::app {

struct ChemistryConfig {
  std::string mechanism;             // path of the file
  std::optional<std::string> phase;  // of the file; nothing: the first ideal gas
  double pressure = 101325.0;        // [Pa]
  std::optional<double> rtol;        // nothing: auto, a tenth of switching.tolerance
  std::optional<double> atol;        // nothing: auto, 1e-4 of rtol
  subproblem::ReactorSolverOptions solver;
  std::string tolerances;  // those of the solver, and why they are what they are, for the log
};

/// The input of a reacting flow: the sections chemistry, initial and flow.
struct ReactingFlowConfig : PhysicsConfig {
  ChemistryConfig chemistry;
  FlowConfig flow;
  flow::InitialFactory initial = nullptr;
  flow::InitialOptions initial_options;

  std::string identity() const override {
    return "give the same mechanism, which " + chemistry.mechanism + " is not";
  }
  void settle(config::Section& root, const RunConfig& config) override;
  std::unique_ptr<Physics> load(const RunConfig& config, const parallel::Communicator& comm) const override;
};

/// Its sections.
const config::Keys& reacting_flow_keys();
std::shared_ptr<PhysicsConfig> read_reacting_flow(config::Section& root, const RunConfig& config);

/// The input of a run that is a reacting flow. Local.
const ReactingFlowConfig& as_reacting_flow(const RunConfig& config);

}  // namespace bimetal::app
