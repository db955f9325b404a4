#include "app/simulation.hpp"

#include <fmt/ranges.h>

#include "app/faults.hpp"
#include "app/memory_need.hpp"
#include "chemistry/mechanism_reader.hpp"
#include "chemistry/mixture.hpp"
#include "config/document.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"
#include "subproblem/ignition.hpp"

namespace bimetal::app {
namespace {

/// What an error of 1 means for T and each Y: taken from an ignition of the stoichiometric mixture, unless the user
/// says otherwise.
std::vector<double> make_scales(const RunConfig& config, const chemistry::Mechanism& mechanism) {
  const auto mixture = chemistry::fuel_air_mixture(mechanism, config.initial_options.fuel, 1.0);
  auto scales = subproblem::reference_scales(mechanism, config.chemistry.pressure, mixture);
  std::vector<std::string> names{"T"};
  for (const auto& species : mechanism.species) names.push_back("Y_" + species.name);
  for (const auto& [name, scale] : config.scales) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      const auto close = core::nearest(name, names);
      throw core::UserError::format("switching.scales names {}, which is no output{}; outputs are {}",
                                    core::one_line(name, 80), close.empty() ? "" : " (did you mean " + close + "?)",
                                    fmt::join(names, ", "));
    }
    scales[static_cast<std::size_t>(found - names.begin())] = scale;
  }
  return scales;
}

/// The grid, once it is certain that the run fits into memory: before anything large is made.
const grid::GridOptions& affordable_grid(const RunConfig& config, const chemistry::Mechanism& mechanism,
                                         const parallel::Communicator& comm) {
  require_memory(config, mechanism.n_species(), comm);
  return config.grid;
}

std::unique_ptr<hybrid::HybridSolver> make_hybrid(const RunConfig& config,
                                                  std::shared_ptr<const chemistry::Mechanism> mechanism,
                                                  const hybrid::Crew& crew, const core::Log& log) {
  auto reference = std::make_unique<subproblem::ReactorSolver>(make_reactor(config, std::move(mechanism)),
                                                               config.chemistry.solver);
  std::optional<surrogate::Surrogate> network;
  if (config.hybrid.switching.policy != control::Policy::never)
    network = make_surrogate(config, reference->kind().signature(), crew.own());
  return std::make_unique<hybrid::HybridSolver>(with_faults(std::move(reference), config.hybrid.faults, crew.own()),
                                                std::move(network), config.hybrid, crew, log);
}

}  // namespace

std::shared_ptr<const chemistry::Mechanism> load_mechanism(const std::string& path,
                                                           const parallel::Communicator& comm) {
  const auto text = config::read_text(path, "mechanism file", comm);
  return std::make_shared<const chemistry::Mechanism>(chemistry::parse_mechanism(text, path));
}

subproblem::Reactor make_reactor(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism) {
  auto scales = make_scales(config, *mechanism);
  using subproblem::Given;
  const subproblem::ReactorOptions options{
      .pressure = config.chemistry.pressure,
      .pressure_given = pressure_varies(config.flow, config.grid) ? Given::by_row : Given::once,
      .dt = config.time.step.value_or(config.time.largest_step),
      .step_given = config.time.step ? Given::once : Given::by_row};
  return subproblem::Reactor(std::move(mechanism), options, std::move(scales));
}

surrogate::Surrogate make_surrogate(const RunConfig& config, const core::Signature& signature,
                                    const parallel::Communicator& comm) {
  const auto network = network_for(config, signature.outputs.size() - 1);
  if (!config.model) return surrogate::Surrogate(signature, network, config.training, comm);
  return surrogate::Surrogate(signature, surrogate::ModelFile(*config.model, comm), network, config.training, comm);
}

Simulation::Simulation(const RunConfig& config, const hybrid::Crew& crew, const core::Log& log)
    : mechanism_(load_mechanism(config.chemistry.mechanism, crew.own())),
      grid_(affordable_grid(config, *mechanism_, crew.own()), 1 + static_cast<int>(mechanism_->n_species()),
            crew.own()),
      hybrid_(make_hybrid(config, mechanism_, crew, log)),
      monitor_(std::make_unique<ConservationMonitor>(*hybrid_, *mechanism_)),
      recorder_(config.output.data_rows ? std::make_unique<DataRecorder>(
                                              *monitor_, *hybrid_, *config.output.data_rows, config.seed, crew.own())
                                        : nullptr),
      flow_(make_flow(config.flow, grid_, *mechanism_, config.chemistry.pressure, config.initial_options.fuel,
                      recorder_ ? static_cast<subproblem::SubproblemSolver&>(*recorder_) : *monitor_)) {
  flow_->initialise(config.initial(config.initial_options, *mechanism_, grid_));
}

void Simulation::persist(const core::Archive& archive) {
  flow_->persist(archive.in("flow"));
  hybrid_->persist(archive.in("hybrid"));
  monitor_->persist(archive.in("conservation"));
}

}  // namespace bimetal::app
