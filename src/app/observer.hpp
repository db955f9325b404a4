#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "app/run_config.hpp"
#include "app/simulation.hpp"
#include "flow/observables.hpp"
#include "io/history.hpp"

namespace bimetal::app {

/// What a run says about the flow as a whole, beyond its fields: observables.csv while it goes on, and the values at
/// the end for the summary. In a closed box it keeps the books of mass, elements and enthalpy; in a run that started
/// from a premixed flame it measures the flame.
class Observer {
 public:
  /// Takes the first balance; or goes on with the file of a run whose state is about to be restored, after this step.
  /// Collective.
  Observer(const RunConfig& config, Simulation& simulation, const parallel::Communicator& comm,
           std::optional<std::int64_t> after_step);

  /// Looks at the flow after a step of dt [s] that ended at `time` [s]; appends a line. Collective.
  void observe(std::int64_t step, double time, double dt);

  /// The first balance and the last values.
  void persist(const core::Archive& archive);

  /// The last values. Local.
  nlohmann::ordered_json summary() const;

 private:
  void measure(double dt);
  double steepest_gradient();

  Simulation* simulation_;
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
