#pragma once

#include <memory>

#include "app/physics.hpp"
#include "app/run_config.hpp"
#include "core/archive.hpp"
#include "core/log.hpp"
#include "grid/structured_grid.hpp"
#include "hybrid/crew.hpp"
#include "hybrid/data_recorder.hpp"
#include "hybrid/hybrid_solver.hpp"

namespace bimetal::app {

/// Everything that lives for the length of a run, put together from its configuration: physics, the hybrid around its
/// reference solver, a recorder of training data around that if asked for, and the PDE that hands them its
/// sub-problems.
class Simulation {
 public:
  /// On the ranks of the crew that solve. Borrows the configuration. Collective over them.
  Simulation(const RunConfig& config, const hybrid::Crew& crew, const core::Log& log);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Collective.
  void persist(const core::Archive& archive);

  const Physics& physics() const { return *physics_; }
  hybrid::HybridSolver& hybrid() { return *hybrid_; }
  /// Null unless a data set is asked for.
  const hybrid::DataRecorder* recorder() const { return recorder_.get(); }
  Pde& pde() { return *pde_; }

 private:
  std::unique_ptr<Physics> physics_;
  grid::StructuredGrid grid_;
  std::unique_ptr<hybrid::HybridSolver> hybrid_;
  std::unique_ptr<hybrid::DataRecorder> recorder_;
  std::unique_ptr<Pde> pde_;
};

}  // namespace bimetal::app
