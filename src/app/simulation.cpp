#include "app/simulation.hpp"

#include "app/faults.hpp"
#include "app/memory_need.hpp"

namespace bimetal::app {
namespace {

/// The grid, once it is certain that the run fits into memory: before anything large is made.
const grid::GridOptions& affordable_grid(const RunConfig& config, const Physics& physics,
                                         const parallel::Communicator& comm) {
  require_memory(config, physics, comm);
  return config.grid;
}

std::unique_ptr<hybrid::HybridSolver> make_hybrid(const RunConfig& config, const Physics& physics,
                                                  const hybrid::Crew& crew, const core::Log& log) {
  auto reference = physics.make_reference();
  std::optional<surrogate::Surrogate> network;
  if (config.hybrid.switching.acceptance_rule().asks_surrogate)
    network = library::make_surrogate(config, reference->kind().signature(), crew.own());
  return std::make_unique<hybrid::HybridSolver>(with_faults(std::move(reference), config.hybrid.faults, crew.own()),
                                                std::move(network), config.hybrid, crew, log);
}

}  // namespace

Simulation::Simulation(const RunConfig& config, const hybrid::Crew& crew, const core::Log& log)
    : physics_(config.physics->load(config, crew.own())),
      grid_(affordable_grid(config, *physics_, crew.own()), physics_->n_components(), crew.own()),
      hybrid_(make_hybrid(config, *physics_, crew, log)),
      recorder_(config.output.data_rows ? std::make_unique<hybrid::DataRecorder>(
                                              *hybrid_, *hybrid_, *config.output.data_rows, config.seed, crew.own())
                                        : nullptr),
      pde_(physics_->make_pde(grid_, recorder_ ? static_cast<subproblem::SubproblemSolver&>(*recorder_) : *hybrid_)) {
}

void Simulation::persist(const core::Archive& archive) {
  pde_->persist(archive.in("pde"));
  hybrid_->persist(archive.in("hybrid"));
}

}  // namespace bimetal::app
