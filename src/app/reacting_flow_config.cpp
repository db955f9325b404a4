#include "app/reacting_flow_config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/reacting_flow.hpp"
#include "app/run_config.hpp"

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

constexpr Range rtol_range{1e-13, 0.1};
constexpr Range atol_range{1e-20, 0.1};

const flow::InitialOptions usual;

const Keys chemistry_keys{
    {"mechanism", type::path, "", {}, required("mechanisms/h2_burke2012.yaml"), "Mechanism file (Cantera's YAML)."},
    {"phase", type::text, "", {}, depends("the first ideal gas of the file"), "Name of the phase in the mechanism."},
    {"pressure", type::number, "Pa", Range::positive(), otherwise(ChemistryConfig{}.pressure),
     "Thermodynamic pressure; constant unless the box is closed."},
    {"integrator",
     type::choice(subproblem::integrators),
     "",
     {},
     otherwise(name_of(subproblem::integrators, ChemistryConfig{}.solver.integrator)),
     "Reference solver of the chemistry; auto is the cheaper one for the mechanism, the step and rtol."},
    {"rtol", type::number_or_auto, "1", rtol_range, otherwise("auto", "a tenth of switching.tolerance"),
     "Relative tolerance of the reference solver."},
    {"atol", type::number_or_auto, "1", atol_range, otherwise("auto", "1e-4 of rtol"),
     "Absolute tolerance of the reference solver."},
};

const Keys second_gas_keys{
    {"region",
     type::choice(flow::region_names),
     "",
     {},
     otherwise(name_of(flow::region_names, usual.second_gas.region)),
     "Where the second gas is: nowhere, beyond a plane normal to x, or in a ball."},
    {"equivalence_ratio", type::number, "1", Range::at_least(0.0), depends("initial.equivalence_ratio"),
     "Its equivalence ratio."},
    {"temperature", type::number, "K", Range::between(200.0, 3000.0), depends("initial.temperature"),
     "Its temperature."},
    {"thickness", type::number, "m", Range::positive(), otherwise(usual.second_gas.thickness),
     "Thickness of its edge, the length in a tanh."},
    {"position", type::number, "m", Range::any(), required("3e-3"), "Where the plane is, of the region beyond."},
    {"centre", type::numbers, "m", Range::any(), depends("the middle of the box"), "Centre of the ball."},
    {"radius", type::number, "m", Range::positive(), otherwise(usual.second_gas.radius),
     "Radius of the ball, where half of it is left."},
};

const Keys initial_keys{
    {"type", type::choice(flow::initial_names), "", {}, required("ignition_kernel"), "Initial condition."},
    {"fuel",
     type::blend,
     "",
     {},
     required("H2"),
     "Fuel: a species, or amounts of several, as in {CH4: 0.7, H2: 0.3}."},
    {"oxidizer", type::blend, "", {}, depends("air, {O2: 1, N2: 3.76}"), "Oxidiser, in the same way."},
    {"basis",
     type::choice(chemistry::basis_names),
     "",
     {},
     otherwise(name_of(chemistry::basis_names, usual.basis)),
     "Whether the amounts in blends are moles or masses."},
    {"equivalence_ratio", type::number, "1", Range::at_least(0.0), otherwise(usual.equivalence_ratio),
     "Mean equivalence ratio over the box; not of a diffusion flame."},
    {"stratification", type::number, "1", Range::at_least(0.0), otherwise(usual.stratification),
     "Amplitude of the waves of the equivalence ratio, at most its mean; of uniform and ignition_kernel."},
    {"waves", type::integer, "", Range::between(1, 1000), otherwise(usual.waves),
     "Waves of the stratification along every axis."},
    {"temperature", type::number, "K", Range::between(200.0, 3000.0), otherwise(usual.temperature),
     "Temperature of the unburnt gas."},
    {"second_gas",
     type::section(second_gas_keys),
     "",
     {},
     depends("none"),
     "Another mixture of the same fuel and oxidiser in a part of the box; of uniform and ignition_kernel."},
    {"kernel_gas",
     type::choice(flow::kernel_gas_names),
     "",
     {},
     otherwise(name_of(flow::kernel_gas_names, usual.kernel_gas)),
     "What the kernel is made of: heated unburnt gas, which bursts as it ignites, or burnt gas."},
    {"kernel_temperature", type::number, "K", Range::between(200.0, 3000.0), otherwise(usual.kernel_temperature),
     "Temperature at the centre of a kernel of unburnt gas."},
    {"kernel_centre", type::numbers, "m", Range::any(), depends("the middle of the box"), "Centre of the kernel."},
    {"kernel_radius", type::number, "m", Range::positive(), otherwise(usual.kernel_radius),
     "Radius of the kernel, where half of the excess temperature is left."},
    {"kernel_thickness", type::number, "m", Range::positive(), otherwise(usual.kernel_thickness),
     "Thickness of the kernel's edge, the length in a tanh."},
    {"front_position", type::number, "m", Range::any(), depends("the middle of the box"),
     "Where the gas of a flame_front is half burnt."},
    {"front_thickness", type::number, "m", Range::positive(), otherwise(usual.front_thickness),
     "Thermal thickness of a flame_front: rise of the temperature over its steepest slope."},
    {"slab_fuel", type::number, "1", Range::between(1e-6, 1.0), otherwise(usual.slab_fuel),
     "Mole fraction of the fuel in the slab of a diffusion_flame."},
    {"diluent", type::blend, "", {}, depends("N2"), "What the rest of the slab is."},
    {"slab_half_width", type::number, "m", Range::positive(), depends("an eighth of the box"),
     "Half-width of the slab, where half of its gas is left."},
    {"slab_steepness", type::number, "1", Range::positive(), otherwise(usual.slab_steepness),
     "Half-width of the slab over the length in the tanh of its edges."},
};

const Keys keys{
    {"chemistry", type::section(chemistry_keys), "", {}, required(""), "The gas and how its reactions are solved."},
    {"initial", type::section(initial_keys), "", {}, required(""), "The state at the start."},
    {"flow",
     type::section(flow_keys()),
     "",
     {},
     depends("a gas that is at rest and stays so"),
     "What moves the gas."},
};

ChemistryConfig read_chemistry(Section& section) {
  ChemistryConfig chemistry;
  chemistry.mechanism = section.path("mechanism");
  if (section.has("phase")) chemistry.phase = section.text("phase");
  chemistry.pressure = section.number("pressure");
  chemistry.solver.integrator = section.choice<subproblem::Integrator>("integrator", subproblem::integrators);
  chemistry.rtol = section.number_or_auto("rtol");
  chemistry.atol = section.number_or_auto("atol");
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
  second.region = section.choice<flow::Region>("region", flow::region_names);
  if (second.region != flow::Region::none) {
    second.equivalence_ratio = section.number("equivalence_ratio", first.equivalence_ratio);
    second.temperature = section.number("temperature", first.temperature);
    second.thickness = section.number("thickness");
  }
  if (second.region == flow::Region::beyond) second.position = section.number("position");
  if (second.region == flow::Region::ball) {
    second.centre = section.numbers("centre", std::vector<double>{});
    second.radius = section.number("radius");
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
  if (config.initial != flow::diffusion_flame) initial.equivalence_ratio = section.number("equivalence_ratio");
  if (config.initial == flow::uniform || config.initial == flow::ignition_kernel) {
    initial.stratification = section.number("stratification");
    initial.waves = static_cast<int>(section.integer("waves"));
  }
  initial.temperature = section.number("temperature");
  if (config.initial == flow::uniform || config.initial == flow::ignition_kernel)
    initial.second_gas = read_second_gas(section.section("second_gas"), initial);
  if (config.initial == flow::ignition_kernel) {
    initial.kernel_gas = section.choice<flow::KernelGas>("kernel_gas", flow::kernel_gas_names);
    initial.kernel_temperature = section.number("kernel_temperature");
    initial.kernel_centre = section.numbers("kernel_centre", std::vector<double>{});
    initial.kernel_radius = section.number("kernel_radius");
    initial.kernel_thickness = section.number("kernel_thickness");
  }
  if (config.initial == flow::flame_front) {
    if (section.has("front_position")) initial.front_position = section.number("front_position");
    initial.front_thickness = section.number("front_thickness");
  }
  if (config.initial == flow::diffusion_flame) {
    initial.slab_fuel = section.number("slab_fuel");
    initial.diluent = read_blend(section, "diluent", initial.diluent);
    if (section.has("slab_half_width")) initial.slab_half_width = section.number("slab_half_width");
    initial.slab_steepness = section.number("slab_steepness");
  }
  section.finish();
}

}  // namespace

const Keys& reacting_flow_keys() { return keys; }

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
