#include "app/flow_config.hpp"

#include <algorithm>

#include "app/grid_config.hpp"
#include "core/error.hpp"
#include "flow/low_mach_flow.hpp"
#include "flow/prescribed_flow.hpp"

namespace bimetal::app {
namespace {

using config::depends;
using config::Keys;
using config::name_of;
using config::otherwise;
using config::Range;
using config::required;
using config::Section;
namespace type = config::type;
using grid::Boundary;

constexpr std::pair<const char*, FlowModel> flow_models[] = {{"prescribed", FlowModel::prescribed},
                                                             {"low_mach", FlowModel::low_mach}};

const Keys inflow_keys{
    {"velocity", type::number, "m/s", Range::at_least(0.0), required("1.0"),
     "Mean velocity over the end, into the box."},
    {"profile",
     type::choice(flow::profile_names),
     "",
     {},
     otherwise(name_of(flow::profile_names, flow::InflowOptions{}.profile)),
     "How the velocity is spread over the end."},
    {"temperature", type::number, "K", Range::between(200.0, 3000.0), depends("initial.temperature"),
     "Temperature of the gas that enters."},
    {"equivalence_ratio", type::number, "1", Range::at_least(0.0), depends("initial.equivalence_ratio"),
     "Equivalence ratio of the gas that enters."},
    {"fuel", type::blend, "", {}, depends("initial.fuel"), "Fuel of the gas that enters."},
    {"oxidizer", type::blend, "", {}, depends("initial.oxidizer"), "Oxidiser of the gas that enters."},
    {"basis",
     type::choice(chemistry::basis_names),
     "",
     {},
     depends("initial.basis"),
     "Whether the amounts in blends are moles or masses."},
};
const Keys inflow_ends{
    {end_names,
     type::section(inflow_keys),
     "",
     {},
     depends("required of an end that grid.boundary calls an inflow"),
     "What enters there."},
};
const Keys velocity_keys{
    {"type",
     type::choice(flow::prescribed_names),
     "",
     {},
     otherwise(name_of(flow::prescribed_names, flow::PrescribedKind::rest)),
     "The velocity at all times (prescribed) or at the start (low_mach): none, the same everywhere, or vortices."},
    {"amplitude", type::number, "m/s", Range::any(), otherwise(flow::PrescribedOptions{}.amplitude),
     "Largest velocity."},
    {"direction", type::numbers, "1", Range::any(), otherwise(std::vector<double>{1.0, 0.0, 0.0}),
     "Direction of a uniform velocity, of any length but 0."},
    {"waves", type::integer, "", Range::between(1, 1000), otherwise(flow::PrescribedOptions{}.waves),
     "Waves of a velocity of vortices along every axis, two vortices each; at least 4 cells a wave."},
};
const Keys keys{
    {"model",
     type::choice(flow_models),
     "",
     {},
     otherwise(name_of(flow_models, FlowConfig{}.model)),
     "Whether momentum and pressure are solved for (low_mach) or the velocity is given and knows nothing of the gas "
     "(prescribed)."},
    {"transport",
     type::choice(flow::transport_names),
     "",
     {},
     otherwise(name_of(flow::transport_names, FlowConfig{}.transport)),
     "How species and heat diffuse: by a Lewis number of each species, or from molecular data."},
    {"velocity", type::section(velocity_keys), "", {}, depends("a gas at rest"), "The velocity."},
    {"inflow", type::section(inflow_ends), "", {}, depends("none"), "What enters at the ends that are inflows."},
};

flow::InflowOptions read_inflow(Section section, flow::InflowOptions inflow) {
  inflow.velocity = section.number("velocity");
  inflow.profile = section.choice<flow::Profile>("profile", flow::profile_names);
  inflow.temperature = section.number("temperature", inflow.temperature);
  inflow.equivalence_ratio = section.number("equivalence_ratio", inflow.equivalence_ratio);
  inflow.reactants = read_reactants(section, inflow.reactants);
  section.finish();
  return inflow;
}

flow::PrescribedOptions read_velocity(Section section) {
  flow::PrescribedOptions velocity;
  velocity.kind = section.choice<flow::PrescribedKind>("type", flow::prescribed_names);
  velocity.amplitude = section.number("amplitude");
  const auto direction = section.numbers("direction");
  if (direction.size() > 3) section.refuse("direction", "must have at most three entries");
  velocity.direction = {};
  std::copy(direction.begin(), direction.end(), velocity.direction.begin());
  velocity.waves = static_cast<int>(section.integer("waves"));
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

const Keys& flow_keys() { return keys; }

chemistry::Blend read_blend(Section& section, const std::string& key,
                            const std::optional<chemistry::Blend>& otherwise) {
  if (!section.has(key) && otherwise) return *otherwise;
  if (section.is_section(key)) {
    chemistry::Blend blend;
    for (const auto& [name, amount] : section.table(key)) blend.parts.emplace_back(name, amount);
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
  config.model = section.choice<FlowModel>("model", flow_models);
  config.transport = section.choice<flow::TransportModel>("transport", flow::transport_names);
  config.velocity = read_velocity(section.section("velocity"));
  auto inflow = section.section("inflow");
  for (std::size_t axis = 0; axis < grid.boundary.size(); ++axis)
    for (std::size_t end = 0; end < 2; ++end)
      if (grid.boundary[axis][end] == Boundary::inflow)
        config.inflow[axis][end] = read_inflow(inflow.section(end_name(axis, end)), unburnt);
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
