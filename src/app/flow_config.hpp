#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "chemistry/mechanism.hpp"
#include "chemistry/mixture.hpp"
#include "config/section.hpp"
#include "flow/gas_properties.hpp"
#include "flow/inflow.hpp"
#include "flow/reacting_flow.hpp"
#include "flow/velocity.hpp"
#include "grid/options.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::app {

enum class FlowModel {
  prescribed,  // the velocity is given and knows nothing of the gas
  low_mach     // momentum and pressure are solved for
};

struct FlowConfig {
  FlowModel model = FlowModel::prescribed;
  flow::TransportModel transport = flow::TransportModel::constant_lewis;
  flow::PrescribedOptions velocity;                        // for all times or, in low_mach, at the start
  flow::ByEnd<std::optional<flow::InflowOptions>> inflow;  // of the ends that are inflows
};

/// The keys fuel, oxidizer and basis of a section; what is not there is that of `otherwise`, and without it a fuel is
/// required.
chemistry::Reactants read_reactants(config::Section& section, const std::optional<chemistry::Reactants>& otherwise);

/// A species, or amounts of several, under a key of a section.
chemistry::Blend read_blend(config::Section& section, const std::string& key,
                            const std::optional<chemistry::Blend>& otherwise);

const config::Keys& flow_keys();

/// The section `flow`. What enters at inflows is the initial gas, `unburnt`, where the input does not say otherwise.
FlowConfig read_flow(config::Section section, const grid::GridOptions& grid, const flow::InflowOptions& unburnt);

/// Whether the thermodynamic pressure of such a flow changes: its box has no outflow.
bool pressure_varies(const FlowConfig& config, const grid::GridOptions& grid);

/// The flow, over `grid`, with `chemistry` as its solver of sub-problems; both must outlive it. pressure [Pa].
/// UserError if the parts do not fit together. Collective.
std::unique_ptr<flow::ReactingFlow> make_flow(const FlowConfig& config, const grid::StructuredGrid& grid,
                                              const chemistry::Mechanism& mechanism, double pressure,
                                              subproblem::SubproblemSolver& chemistry);

}  // namespace bimetal::app
