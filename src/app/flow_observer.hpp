#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "app/observer.hpp"
#include "app/run_config.hpp"
#include "flow/observables.hpp"
#include "flow/reacting_flow.hpp"
#include "grid/structured_grid.hpp"
#include "io/history.hpp"

namespace bimetal::app {

/// In a closed box it keeps the books of mass, elements and enthalpy; in a run that started from a premixed flame it
/// measures the flame.
class FlowObserver : public Observer {
 public:
  /// Takes the first balance; or goes on with the file of a run whose state is about to be restored, after this step.
  /// Borrows all. Collective.
  FlowObserver(const RunConfig& config, const chemistry::Mechanism& mechanism, const grid::StructuredGrid& grid,
               const flow::ReactingFlow& flow, const std::string& directory, std::optional<std::int64_t> after_step);

  void observe(std::int64_t step, double time, double dt) override;
  void persist(const core::Archive& archive) override;
  nlohmann::ordered_json summary() const override;

 private:
  void measure(double dt);
  double steepest_gradient();

  const chemistry::Mechanism* mechanism_;
  const grid::StructuredGrid* grid_;
  const flow::ReactingFlow* flow_;
  parallel::Communicator comm_;
  std::optional<flow::Flame> flame_;
  flow::FlameObservables observed_, at_start_;
  grid::StructuredGrid temperature_grid_;
  petsc::Handle<Vec> temperature_, ghosted_temperature_;
  io::History history_;
  double pressure_at_start_;
  double kinetic_energy_ = 0.0;  // [J]
  double volume_, area_;         // of the box [m^3], of its cross section normal to x [m^2]
};

}  // namespace bimetal::app
