#include "app/reacting_flow_config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/reacting_flow.hpp"
#include "app/run_config.hpp"

namespace bimetal::app {
namespace {

using config::Range;
using config::Section;

constexpr Range rtol_range{1e-13, 0.1};
constexpr Range atol_range{1e-20, 0.1};

ChemistryConfig read_chemistry(Section& section) {
  ChemistryConfig chemistry;
  chemistry.mechanism = section.path("mechanism");
  if (section.has("phase")) chemistry.phase = section.text("phase");
  chemistry.pressure = section.number("pressure", Range::positive(), chemistry.pressure);
  chemistry.solver.integrator =
      section.choice<subproblem::Integrator>("integrator", subproblem::integrators, chemistry.solver.integrator);
  chemistry.rtol = section.number_or_auto("rtol", rtol_range);
  chemistry.atol = section.number_or_auto("atol", atol_range);
  section.finish();
  return chemistry;
}

/// Errors of the reference solver are to be small against the tolerance that answers are judged by; more accuracy
/// than that costs time and changes no judgement.
void settle_tolerances(Section& section, double tolerance, ChemistryConfig& chemistry) {
  auto& solver = chemistry.solver;
  solver.rtol = chemistry.rtol.value_or(std::clamp(tolerance / 10.0, rtol_range.min, rtol_range.max));
  solver.atol = chemistry.atol.value_or(std::clamp(solver.rtol / 1e4, atol_range.min, atol_range.max));
  const std::string rtol_reason = chemistry.rtol ? "given" : "a tenth of switching.tolerance";
  const std::string atol_reason = chemistry.atol ? "given" : "1e-4 of rtol";
  if (!chemistry.rtol) section.remark("rtol", fmt::format("{:g}, {}", solver.rtol, rtol_reason));
  if (!chemistry.atol) section.remark("atol", fmt::format("{:g}, {}", solver.atol, atol_reason));
  chemistry.tolerances =
      fmt::format("rtol {:g} ({}), atol {:g} ({})", solver.rtol, rtol_reason, solver.atol, atol_reason);
}

/// What the input leaves out is that of the first gas.
flow::SecondGas read_second_gas(Section section, const flow::InitialOptions& first) {
  flow::SecondGas second;
  second.region = section.choice<flow::Region>("region", flow::region_names, second.region);
  if (second.region != flow::Region::none) {
    second.equivalence_ratio = section.number("equivalence_ratio", Range::at_least(0.0), first.equivalence_ratio);
    second.temperature = section.number("temperature", Range::between(200.0, 3000.0), first.temperature);
    second.thickness = section.number("thickness", Range::positive(), second.thickness);
  }
  if (second.region == flow::Region::beyond) second.position = section.number("position", Range::any());
  if (second.region == flow::Region::ball) {
    second.centre = section.numbers("centre", Range::any(), std::vector<double>{});
    second.radius = section.number("radius", Range::positive(), second.radius);
  }
  section.finish();
  return second;
}

void read_initial(Section section, ReactingFlowConfig& config) {
  auto& initial = config.initial_options;
  config.initial = section.choice<flow::InitialFactory>("type", flow::initial_names);
  const auto reactants = read_reactants(section, {});
  initial.fuel = reactants.fuel;
  initial.oxidizer = reactants.oxidizer;
  initial.basis = reactants.basis;
  initial.pressure = config.chemistry.pressure;
  if (config.initial != flow::diffusion_flame)
    initial.equivalence_ratio = section.number("equivalence_ratio", Range::at_least(0.0), initial.equivalence_ratio);
  if (config.initial == flow::uniform || config.initial == flow::ignition_kernel) {
    initial.stratification = section.number("stratification", Range::at_least(0.0), initial.stratification);
    initial.waves = static_cast<int>(section.integer("waves", Range::between(1, 1000), initial.waves));
  }
  initial.temperature = section.number("temperature", Range::between(200.0, 3000.0), initial.temperature);
  if (config.initial == flow::uniform || config.initial == flow::ignition_kernel)
    initial.second_gas = read_second_gas(section.section("second_gas"), initial);
  if (config.initial == flow::ignition_kernel) {
    initial.kernel_gas = section.choice<flow::KernelGas>("kernel_gas", flow::kernel_gas_names, initial.kernel_gas);
    initial.kernel_temperature =
        section.number("kernel_temperature", Range::between(200.0, 3000.0), initial.kernel_temperature);
    initial.kernel_centre = section.numbers("kernel_centre", Range::any(), std::vector<double>{});
    initial.kernel_radius = section.number("kernel_radius", Range::positive(), initial.kernel_radius);
    initial.kernel_thickness = section.number("kernel_thickness", Range::positive(), initial.kernel_thickness);
  }
  if (config.initial == flow::flame_front) {
    if (section.has("front_position")) initial.front_position = section.number("front_position", Range::any());
    initial.front_thickness = section.number("front_thickness", Range::positive(), initial.front_thickness);
  }
  if (config.initial == flow::diffusion_flame) {
    initial.slab_fuel = section.number("slab_fuel", Range::between(1e-6, 1.0), initial.slab_fuel);
    initial.diluent = read_blend(section, "diluent", initial.diluent);
    if (section.has("slab_half_width"))
      initial.slab_half_width = section.number("slab_half_width", Range::positive());
    initial.slab_steepness = section.number("slab_steepness", Range::positive(), initial.slab_steepness);
  }
  section.finish();
}

}  // namespace

std::shared_ptr<PhysicsConfig> read_reacting_flow(Section& root, const RunConfig& run) {
  auto config = std::make_shared<ReactingFlowConfig>();
  auto chemistry = root.section("chemistry");
  config->chemistry = read_chemistry(chemistry);
  read_initial(root.section("initial"), *config);
  config->flow = read_flow(root.section("flow"), run.grid,
                           {.temperature = config->initial_options.temperature,
                            .equivalence_ratio = config->initial_options.equivalence_ratio,
                            .reactants = config->initial_options.reactants()});
  return config;
}

void ReactingFlowConfig::settle(Section& root, const RunConfig& run) {
  auto section = root.section("chemistry");
  settle_tolerances(section, run.hybrid.switching.tolerance, chemistry);
}

const ReactingFlowConfig& as_reacting_flow(const RunConfig& config) {
  const auto* reacting_flow = dynamic_cast<const ReactingFlowConfig*>(config.physics.get());
  VALIDATE(reacting_flow, "this is not the input of a reacting flow");
  return *reacting_flow;
}

}  // namespace bimetal::app
