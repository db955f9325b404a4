#include "app/flow_config.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "flow/low_mach_flow.hpp"
#include "flow/prescribed_flow.hpp"

namespace bimetal::app {
namespace {

using config::Range;
using config::Section;
using grid::Boundary;

constexpr std::pair<const char*, FlowModel> flow_models[] = {{"prescribed", FlowModel::prescribed},
                                                             {"low_mach", FlowModel::low_mach}};

flow::InflowOptions read_inflow(Section section, flow::InflowOptions inflow) {
  inflow.velocity = section.number("velocity", Range::at_least(0.0));
  inflow.profile = section.choice<flow::Profile>("profile", flow::profile_names, inflow.profile);
  inflow.temperature = section.number("temperature", Range::between(200.0, 3000.0), inflow.temperature);
  inflow.equivalence_ratio = section.number("equivalence_ratio", Range::at_least(0.0), inflow.equivalence_ratio);
  inflow.reactants = read_reactants(section, inflow.reactants);
  section.finish();
  return inflow;
}

flow::PrescribedOptions read_velocity(Section section) {
  flow::PrescribedOptions velocity;
  velocity.kind = section.choice<flow::PrescribedKind>("type", flow::prescribed_names, flow::PrescribedKind::rest);
  velocity.amplitude = section.number("amplitude", Range::any(), velocity.amplitude);
  const auto direction = section.numbers("direction", Range::any(), std::vector<double>{1.0, 0.0, 0.0});
  if (direction.size() > 3) section.refuse("direction", "must have at most three entries");
  velocity.direction = {};
  std::copy(direction.begin(), direction.end(), velocity.direction.begin());
  section.finish();
  return velocity;
}

/// Calls visit(axis, end, options) for every inflow.
template <class Visit>
void for_inflows(const FlowConfig& config, Visit visit) {
  for (int axis = 0; axis < 3; ++axis)
    for (int end = 0; end < 2; ++end)
      if (const auto& inflow = config.inflow[static_cast<std::size_t>(axis)][static_cast<std::size_t>(end)])
        visit(axis, end, *inflow);
}

}  // namespace

chemistry::Blend read_blend(Section& section, const std::string& key,
                            const std::optional<chemistry::Blend>& otherwise) {
  if (!section.has(key) && otherwise) return *otherwise;
  if (section.is_section(key)) {
    chemistry::Blend blend;
    for (const auto& [name, amount] : section.table(key, Range::at_least(0.0)))
      blend.parts.emplace_back(name, amount);
    if (std::ranges::all_of(blend.parts, [](const auto& part) { return part.second == 0.0; }))
      section.refuse(key, "must name a species with an amount above 0");
    return blend;
  }
  const auto blend = chemistry::parse_blend(section.text(key));
  if (!blend) section.refuse(key, "must be a species, or amounts of several, as in {CH4: 0.7, H2: 0.3}");
  return *blend;
}

chemistry::Reactants read_reactants(Section& section, const std::optional<chemistry::Reactants>& otherwise) {
  const auto usual = otherwise.value_or(chemistry::Reactants{});
  chemistry::Reactants reactants;
  reactants.fuel = read_blend(section, "fuel", otherwise ? std::optional(otherwise->fuel) : std::nullopt);
  reactants.oxidizer = read_blend(section, "oxidizer", usual.oxidizer);
  reactants.basis = section.choice<chemistry::Basis>("basis", chemistry::basis_names, usual.basis);
  return reactants;
}

FlowConfig read_flow(Section section, const grid::GridOptions& grid, const flow::InflowOptions& unburnt) {
  FlowConfig config;
  config.model = section.choice<FlowModel>("model", flow_models, config.model);
  config.transport = section.choice<flow::TransportModel>("transport", flow::transport_names, config.transport);
  config.velocity = read_velocity(section.section("velocity"));
  auto inflow = section.section("inflow");
  for (std::size_t axis = 0; axis < grid.boundary.size(); ++axis)
    for (std::size_t end = 0; end < 2; ++end)
      if (grid.boundary[axis][end] == Boundary::inflow)
        config.inflow[axis][end] =
            read_inflow(inflow.section(std::string(1, "xyz"[axis]) + (end == 0 ? "_lower" : "_upper")), unburnt);
  inflow.finish();
  section.finish();
  return config;
}

bool pressure_varies(const FlowConfig& config, const grid::GridOptions& grid) {
  return config.model == FlowModel::low_mach && !grid.has(grid::Boundary::outflow);
}

std::unique_ptr<flow::ReactingFlow> make_flow(const FlowConfig& config, const grid::StructuredGrid& grid,
                                              const chemistry::Mechanism& mechanism, double pressure,
                                              subproblem::SubproblemSolver& chemistry) {
  flow::InflowGas gas;
  flow::ByEnd<flow::InflowProfile> profile;
  for_inflows(config, [&](int axis, int end, const flow::InflowOptions& inflow) {
    const auto a = static_cast<std::size_t>(axis), e = static_cast<std::size_t>(end);
    gas[a][e] = flow::inflow_gas(inflow, mechanism);
    profile[a][e] = flow::inflow_profile(inflow, grid, axis, end);
  });
  if (config.model == FlowModel::prescribed)
    return std::make_unique<flow::PrescribedFlow>(grid, mechanism, pressure,
                                                  std::make_unique<flow::PrescribedVelocity>(config.velocity, grid),
                                                  chemistry, config.transport, std::move(gas));
  flow::LowMachOptions options{.pressure = pressure,
                               .transport = config.transport,
                               .velocity = flow::velocity_condition(config.velocity, grid),
                               .inflow_profile = std::move(profile),
                               .inflow_gas = std::move(gas)};
  return std::make_unique<flow::LowMachFlow>(grid, mechanism, std::move(options), chemistry);
}

}  // namespace bimetal::app
