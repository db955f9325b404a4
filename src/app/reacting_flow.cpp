#include "app/reacting_flow.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "app/reacting_flow_pde.hpp"
#include "chemistry/mechanism_reader.hpp"
#include "chemistry/mixture.hpp"
#include "chemistry/simple_transport.hpp"
#include "config/document.hpp"
#include "core/error.hpp"
#include "subproblem/ignition.hpp"
#include "subproblem/reactor_solver.hpp"

namespace bimetal::app {
namespace {

std::vector<std::string> names_of_outputs(const chemistry::Mechanism& mechanism) {
  std::vector<std::string> names{"T"};
  for (const auto& species : mechanism.species) names.push_back("Y_" + species.name);
  return names;
}

/// For a mixture that does not ignite: rows count as inert by them, and nothing else does.
std::vector<double> scales_of_mixture(const std::vector<double>& Y) {
  constexpr double T = 1000.0;    // [K]
  constexpr double floor = 5e-4;  // as in reference_scales()
  std::vector<double> scales{T};
  for (double y : Y) scales.push_back(std::max(y, floor));
  return scales;
}

/// Species of the gases that the run begins with or lets in that have no Lewis number.
std::vector<std::string> without_lewis_number(const ReactingFlowConfig& input,
                                              const chemistry::Mechanism& mechanism) {
  const chemistry::SimpleTransport transport(mechanism);
  const auto& initial = input.initial_options;
  std::vector<const chemistry::Blend*> blends{&initial.fuel, &initial.oxidizer};
  if (input.initial == flow::diffusion_flame) blends.push_back(&initial.diluent);
  for (const auto& axis : input.flow.inflow)
    for (const auto& inflow : axis)
      if (inflow) blends.insert(blends.end(), {&inflow->reactants.fuel, &inflow->reactants.oxidizer});
  std::vector<std::string> names;
  for (const auto* blend : blends)
    for (const auto& [name, amount] : blend->parts)
      if (!transport.known(mechanism.require_species(name)) && std::ranges::find(names, name) == names.end())
        names.push_back(name);
  return names;
}

}  // namespace

ReactorScales make_scales(const RunConfig& config, const chemistry::Mechanism& mechanism) {
  const auto& input = as_reacting_flow(config);
  const auto names = names_of_outputs(mechanism);
  const auto given = [&](const std::string& name) { return config.scales.contains(name); };
  ReactorScales scales{std::vector<double>(names.size()), {}};
  if (!std::ranges::all_of(names, given)) {
    const auto mixture = chemistry::reactant_mixture(mechanism, input.initial_options.reactants(), 1.0);
    const bool judged = config.hybrid.switching.acceptance_rule().asks_surrogate;
    try {
      scales.values = judged || mechanism.n_reactions() > 0
                          ? subproblem::reference_scales(mechanism, input.chemistry.pressure, mixture)
                          : scales_of_mixture(mixture);
    } catch (const core::UserError& error) {
      if (judged) throw;
      scales.values = scales_of_mixture(mixture);
      scales.remark = fmt::format(
          "{}; this run has no answers to judge and goes on with scales of {:g} K and of the "
          "mixture, by which cells count as inert",
          error.what(), scales.values[0]);
    }
  }
  library::apply_scales(config, names, scales.values);
  return scales;
}

std::shared_ptr<const chemistry::Mechanism> load_mechanism(const std::string& path,
                                                           const std::optional<std::string>& phase,
                                                           const parallel::Communicator& comm) {
  const auto read = [&](const std::string& file) { return config::read_text(file, "mechanism file", comm); };
  return std::make_shared<const chemistry::Mechanism>(
      chemistry::parse_mechanism(read(path), path, {.phase = phase, .read_file = read}));
}

subproblem::Reactor make_reactor(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism,
                                 std::vector<double> scales) {
  const auto& input = as_reacting_flow(config);
  using subproblem::Given;
  const subproblem::ReactorOptions options{
      .pressure = input.chemistry.pressure,
      .pressure_given = pressure_varies(input.flow, config.grid) ? Given::by_row : Given::once,
      .dt = config.time.step.value_or(config.time.largest_step),
      .step_given = config.time.step ? Given::once : Given::by_row};
  return subproblem::Reactor(std::move(mechanism), options, std::move(scales));
}

std::unique_ptr<Physics> ReactingFlowConfig::load(const RunConfig& config, const parallel::Communicator& comm) const {
  return std::make_unique<ReactingFlow>(config, load_mechanism(chemistry.mechanism, chemistry.phase, comm));
}

ReactingFlow::ReactingFlow(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism)
    : config_(&config), mechanism_(std::move(mechanism)), scales_(make_scales(config, *mechanism_)) {}

std::vector<std::string> ReactingFlow::remarks() const {
  const auto& input = as_reacting_flow(*config_);
  std::vector<std::string> all;
  for (const auto& remark : mechanism_->remarks) all.push_back(fmt::format("{}: {}", mechanism_->source, remark));
  if (scales_.remark) all.push_back(*scales_.remark);
  if (input.flow.transport != flow::TransportModel::constant_lewis) return all;
  if (const auto names = without_lewis_number(input, *mechanism_); !names.empty())
    all.push_back(
        fmt::format("flow.transport: constant_lewis has no Lewis number for {} and takes 1, which heavy fuels "
                    "are far from (propane in air: 1.8); give {} the transport data of the species, from which "
                    "constant_lewis computes it, or choose mixture_averaged, which needs them too",
                    fmt::join(names, ", "), mechanism_->source));
  return all;
}

std::unique_ptr<subproblem::SubproblemSolver> ReactingFlow::make_reference() const {
  return std::make_unique<subproblem::ReactorSolver>(make_reactor(*config_, mechanism_, scales_.values),
                                                     as_reacting_flow(*config_).chemistry.solver);
}

/// About eight vectors in the stages of transport, the halo, heat capacities and diffusivities, the batch in and out,
/// provenance.
double ReactingFlow::bytes_per_cell() const { return sizeof(double) * (14.0 * n_components() + 16.0); }

std::unique_ptr<Pde> ReactingFlow::make_pde(const grid::StructuredGrid& grid,
                                            subproblem::SubproblemSolver& solver) const {
  return std::make_unique<ReactingFlowPde>(*config_, mechanism_, grid, solver);
}

}  // namespace bimetal::app
