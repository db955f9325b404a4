#include "app/flow_observer.hpp"

#include <cmath>

#include "app/reacting_flow_config.hpp"
#include "chemistry/mixture.hpp"
#include "flow/face_fields.hpp"
#include "petsc/error.hpp"

namespace bimetal::app {
namespace {

// Enthalpy has no natural zero; its errors are compared with the sensible enthalpy of a diatomic gas, 7/2 p V.
constexpr double sensible_enthalpy = 3.5;

std::vector<std::string> columns(bool flame) {
  std::vector<std::string> names{"step",           "time_s",  "pressure_Pa", "temperature_max_K",
                                 "heat_release_W", "mass_kg", "enthalpy_J",  "kinetic_energy_J"};
  if (flame) names.insert(names.end(), {"flame_speed_m_s", "flame_thickness_m"});
  return names;
}

/// The premixed flame that the run starts from, if it does.
std::optional<flow::Flame> flame_of(const RunConfig& config, const chemistry::Mechanism& mechanism) {
  const auto& input = as_reacting_flow(config);
  const auto& gas = input.initial_options;
  const bool planar = config.grid.cells.size() == 1 || input.initial == flow::flame_front;
  const bool premixed = input.initial == flow::flame_front || input.initial == flow::ignition_kernel;
  if (!planar || !premixed || mechanism.n_reactions() == 0) return {};
  const auto Y = chemistry::reactant_mixture(mechanism, gas.reactants(), gas.equivalence_ratio);
  return flow::flame_of(mechanism, gas.fuel, gas.temperature, gas.pressure, Y);
}

}  // namespace

FlowObserver::FlowObserver(const RunConfig& config, const chemistry::Mechanism& mechanism,
                           const grid::StructuredGrid& grid, const flow::ReactingFlow& flow,
                           const std::string& directory, std::optional<std::int64_t> after_step)
    : mechanism_(&mechanism),
      grid_(&grid),
      flow_(&flow),
      comm_(grid.communicator()),
      flame_(flame_of(config, mechanism)),
      observed_(mechanism, flame_ ? flame_->reactant : 0),
      at_start_(observed_),
      temperature_grid_(grid, 1),
      temperature_(temperature_grid_.create_global()),
      ghosted_temperature_(temperature_grid_.create_local()),
      history_(directory + "/observables.csv", columns(flame_.has_value()), comm_, after_step),
      pressure_at_start_(flow.pressure()) {
  const auto& e = grid.extents();
  const double cell = e.spacing(0) * e.spacing(1) * e.spacing(2);
  volume_ = cell * static_cast<double>(e.n_cells());
  area_ = volume_ / (e.upper[0] - e.lower[0]);
  measure(0.0);
  at_start_ = observed_;
}

/// dt = 0: no step has been taken yet.
void FlowObserver::measure(double dt) {
  const auto& flow = *flow_;
  const auto& e = flow.extents();
  const double cell_volume = volume_ / static_cast<double>(e.n_cells());
  const auto density = flow.density();
  const auto velocity = flow.velocity();
  const auto before = flow.before_chemistry(), after = flow.after_chemistry();
  const auto view = flow.state();

  observed_.clear();
  double energy = 0.0;
  for (std::int64_t i = 0; i < view.rows().size(); ++i) {
    const double mass = density[static_cast<std::size_t>(i)] * cell_volume;
    observed_.add_state(mass, view.rows()[i]);
    if (dt > 0.0) observed_.add_reaction(mass, before[i], after[i], dt);
    for (const double u : velocity[i]) energy += 0.5 * mass * u * u;
  }
  observed_.add_neighbours(0.0, flame_ ? steepest_gradient() : 0.0, 1.0);
  kinetic_energy_ = comm_.sum(energy);
  comm_.sum_in_place(observed_.sums());
  for (double& value : observed_.maxima()) value = comm_.max(value);
}

/// Of the temperature along x, in this rank's cells and to the next rank's [K/m].
double FlowObserver::steepest_gradient() {
  {
    const auto view = flow_->state();
    const petsc::VecRows T(temperature_.get(), 1);
    for (std::int64_t i = 0; i < view.rows().size(); ++i) T.rows()[i][0] = view.rows()[i][0];
  }
  temperature_grid_.exchange_halo(temperature_.get(), ghosted_temperature_.get());
  const petsc::ConstVecRows T(ghosted_temperature_.get(), 1);
  const auto& layout = temperature_grid_.layout();
  double steepest = 0.0;
  flow::for_points({{0, 0, 0}, layout.owned}, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    const std::int64_t cell = layout.index(i, j, k);
    steepest = std::max(steepest, std::abs(T.rows()[cell + 1][0] - T.rows()[cell][0]));
  });
  return steepest / temperature_grid_.extents().spacing(0);
}

void FlowObserver::observe(std::int64_t step, double time, double dt) {
  measure(dt);
  std::vector<double> line{static_cast<double>(step), time,
                           flow_->pressure(),         observed_.highest_temperature(),
                           observed_.heat_release(),  observed_.mass(),
                           observed_.enthalpy(),      kinetic_energy_};
  if (flame_) {
    line.push_back(flow::consumption_speed(observed_, *flame_, area_));
    line.push_back(flow::thermal_thickness(observed_, *flame_));
  }
  history_.append(line);
}

void FlowObserver::persist(const core::Archive& archive) {
  for (auto* balance : {&at_start_, &observed_}) {
    const auto part = archive.in(balance == &at_start_ ? "at_start" : "last");
    part.alike("sums", balance->sums());
    part.alike("maxima", balance->maxima());
  }
  archive.alike("pressure_at_start", pressure_at_start_);
  archive.alike("kinetic_energy", kinetic_energy_);
}

nlohmann::ordered_json FlowObserver::summary() const {
  nlohmann::ordered_json all;
  const double pressure = flow_->pressure();
  all["temperature_max_K"] = observed_.highest_temperature();
  all["pressure_Pa"] = pressure;
  all["heat_release_W"] = observed_.heat_release();
  all["kinetic_energy_J"] = kinetic_energy_;
  if (flame_)
    all["flame"] = {{"speed_m_s", flow::consumption_speed(observed_, *flame_, area_)},
                    {"thickness_m", flow::thermal_thickness(observed_, *flame_)},
                    {"burnt_temperature_K", observed_.highest_temperature()}};
  if (!grid_->closed()) return all;

  // What has come or gone, relative to what was there; nothing should.
  nlohmann::ordered_json elements;
  const auto now = observed_.element_masses(), then = at_start_.element_masses();
  for (std::size_t e = 0; e < now.size(); ++e)
    if (then[e] > 0.0) elements[mechanism_->elements[e].name] = now[e] / then[e] - 1.0;
  const double gained = observed_.enthalpy() - at_start_.enthalpy() - volume_ * (pressure - pressure_at_start_);
  all["drift"] = {{"mass", observed_.mass() / at_start_.mass() - 1.0},
                  {"elements", elements},
                  {"enthalpy", gained / (sensible_enthalpy * pressure_at_start_ * volume_)}};
  return all;
}

}  // namespace bimetal::app
