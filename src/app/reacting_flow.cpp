#include "app/reacting_flow.hpp"

#include "app/reacting_flow_pde.hpp"
#include "chemistry/mechanism_reader.hpp"
#include "chemistry/mixture.hpp"
#include "config/document.hpp"
#include "subproblem/ignition.hpp"
#include "subproblem/reactor_solver.hpp"

namespace bimetal::app {
namespace {

/// What an error of 1 means for T and each Y: taken from an ignition of the stoichiometric mixture, unless the user
/// says otherwise.
std::vector<double> make_scales(const RunConfig& config, const chemistry::Mechanism& mechanism) {
  const auto& input = as_reacting_flow(config);
  const auto mixture = chemistry::fuel_air_mixture(mechanism, input.initial_options.fuel, 1.0);
  auto scales = subproblem::reference_scales(mechanism, input.chemistry.pressure, mixture);
  std::vector<std::string> names{"T"};
  for (const auto& species : mechanism.species) names.push_back("Y_" + species.name);
  library::apply_scales(config, names, scales);
  return scales;
}

}  // namespace

std::shared_ptr<const chemistry::Mechanism> load_mechanism(const std::string& path,
                                                           const parallel::Communicator& comm) {
  const auto text = config::read_text(path, "mechanism file", comm);
  return std::make_shared<const chemistry::Mechanism>(chemistry::parse_mechanism(text, path));
}

subproblem::Reactor make_reactor(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism) {
  const auto& input = as_reacting_flow(config);
  auto scales = make_scales(config, *mechanism);
  using subproblem::Given;
  const subproblem::ReactorOptions options{
      .pressure = input.chemistry.pressure,
      .pressure_given = pressure_varies(input.flow, config.grid) ? Given::by_row : Given::once,
      .dt = config.time.step.value_or(config.time.largest_step),
      .step_given = config.time.step ? Given::once : Given::by_row};
  return subproblem::Reactor(std::move(mechanism), options, std::move(scales));
}

std::unique_ptr<Physics> ReactingFlowConfig::load(const RunConfig& config, const parallel::Communicator& comm) const {
  return std::make_unique<ReactingFlow>(config, load_mechanism(chemistry.mechanism, comm));
}

ReactingFlow::ReactingFlow(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism)
    : config_(&config), mechanism_(std::move(mechanism)) {}

std::unique_ptr<subproblem::SubproblemSolver> ReactingFlow::make_reference() const {
  return std::make_unique<subproblem::ReactorSolver>(make_reactor(*config_, mechanism_),
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
