#include "app/reacting_flow_pde.hpp"

#include <algorithm>

#include "app/failed_reactors.hpp"
#include "app/faults.hpp"
#include "app/flow_observer.hpp"
#include "app/state_watch.hpp"

namespace bimetal::app {

void FlowRecord::add(const flow::StepReport& step) {
  transport_s += step.transport_s;
  pressure_s += step.pressure_s;
  ++steps;
  pressure_iterations += step.pressure_iterations;
  most_pressure_iterations = std::max(most_pressure_iterations, step.pressure_iterations);
  largest_residual = std::max(largest_residual, step.divergence_residual);
  negative_cells += step.negative_cells;
  largest_negative = std::max(largest_negative, step.largest_negative);
  retries += step.batch.retries;
}

void FlowRecord::persist(const core::Archive& archive) {
  archive.sums("transport_seconds", transport_s);
  archive.sums("pressure_seconds", pressure_s);
  archive.alike("steps", steps);
  archive.alike("pressure_iterations", pressure_iterations);
  archive.alike("most_pressure_iterations", most_pressure_iterations);
  archive.maxima("largest_residual", largest_residual);
  archive.sums("negative_cells", negative_cells);
  archive.maxima("largest_negative", largest_negative);
  archive.sums("retries", retries);
}

ReactingFlowPde::ReactingFlowPde(const RunConfig& config, std::shared_ptr<const chemistry::Mechanism> mechanism,
                                 const grid::StructuredGrid& grid, subproblem::SubproblemSolver& solver)
    : config_(&config), mechanism_(std::move(mechanism)), grid_(&grid), monitor_(solver, *mechanism_) {
  const auto& input = as_reacting_flow(config);
  flow_ = make_flow(input.flow, grid, *mechanism_, input.chemistry.pressure, monitor_);
  flow_->initialise(input.initial(input.initial_options, *mechanism_, grid));
}

void ReactingFlowPde::persist(const core::Archive& archive) {
  flow_->persist(archive.in("flow"));
  monitor_.persist(archive.in("conservation"));
  record_.persist(archive.in("record"));
}

void ReactingFlowPde::advance(double dt, std::int64_t step) {
  dt_ = dt;
  last_ = flow_->advance(dt, step);
  const auto& comm = grid_->communicator();
  require_all_solved(last_.batch, step, *config_, *mechanism_, monitor_.kind().signature(), comm);
  last_.batch.failures.clear();
  spoil_state(config_->hybrid.faults, extents(), flow_->edit_state().rows(), step);
  require_sound_state(*flow_, *mechanism_, comm);
  record_.add(last_);
}

std::vector<io::CellField> ReactingFlowPde::fields() {
  using subproblem::Provenance;
  {
    const auto view = flow_->state();
    state_.assign(view.rows().flat().begin(), view.rows().flat().end());
  }
  density_ = flow_->density();
  velocity_ = flow_->velocity();
  pressure_ = flow_->flow_pressure();
  const auto width = static_cast<std::int64_t>(grid_->n_components());
  std::vector<io::CellField> fields{io::column("T", "K", state_.data(), width)};
  std::int64_t column = 1;
  for (const auto& species : mechanism_->species)
    fields.push_back(io::column("Y_" + species.name, "1", state_.data() + column++, width));
  fields.push_back(io::column("density", "kg/m^3", density_.data()));
  for (std::int64_t axis = 0; axis < velocity_.width(); ++axis)
    fields.push_back(
        io::column(std::string("velocity_") + "xyz"[axis], "m/s", velocity_.rows().data() + axis, velocity_.width()));
  if (!pressure_.empty()) fields.push_back(io::column("pressure", "Pa", pressure_.data()));
  const auto provenance = flow_->provenance();
  fields.push_back(io::member("answerer", "1", provenance, &Provenance::answerer));
  fields.push_back(io::member("version", "1", provenance, &Provenance::version));
  fields.push_back(io::member("score", "1", provenance, &Provenance::score));
  fields.push_back(io::member("audited_error", "1", provenance, &Provenance::audited_error));
  return fields;
}

std::vector<std::string> ReactingFlowPde::history_columns() const {
  return {"courant", "temperature_max_K", "pressure_iterations", "transport_s", "pressure_s"};
}

std::vector<double> ReactingFlowPde::history() {
  double hottest = 0.0;
  {
    const auto view = flow_->state();
    for (std::int64_t i = 0; i < view.rows().size(); ++i) hottest = std::max(hottest, view.rows()[i][0]);
  }
  return {dt_ * flow_->courant_rate(), grid_->communicator().max(hottest),
          static_cast<double>(last_.pressure_iterations), last_.transport_s, last_.pressure_s};
}

std::unique_ptr<Observer> ReactingFlowPde::make_observer(const std::string& directory,
                                                         std::optional<std::int64_t> after_step) {
  return std::make_unique<FlowObserver>(*config_, *mechanism_, *grid_, *flow_, directory, after_step);
}

std::vector<std::pair<std::string, double>> ReactingFlowPde::seconds() const {
  return {{"transport", record_.transport_s}, {"pressure", record_.pressure_s}};
}

namespace {

using Json = Pde::Json;

Json describe_chemistry(const RunConfig& config, const chemistry::Mechanism& mechanism, std::int64_t retries) {
  const auto& options = as_reacting_flow(config).chemistry.solver;
  const auto integrator = subproblem::chosen_integrator(options, mechanism.n_species(),
                                                        config.time.step.value_or(config.time.largest_step));
  return {{"mechanism", mechanism.name},
          {"species", mechanism.n_species()},
          {"reactions", mechanism.n_reactions()},
          {"integrator", subproblem::to_string(integrator)},
          {"rtol", options.rtol},
          {"atol", options.atol},
          {"retries", retries}};
}

Json describe_flow(const FlowRecord& record, const parallel::Communicator& comm) {
  const double steps = static_cast<double>(std::max<std::int64_t>(record.steps, 1));
  return {{"pressure_iterations_mean", static_cast<double>(record.pressure_iterations) / steps},
          {"pressure_iterations_max", record.most_pressure_iterations},
          {"divergence_residual_per_s", record.largest_residual},
          {"negative_cells", comm.sum(record.negative_cells)},
          {"largest_negative", comm.max(record.largest_negative)}};
}

Json list_conservation(const ConservationDefects& defects, const chemistry::Mechanism& mechanism,
                       const parallel::Communicator& comm) {
  Json elements;
  for (std::size_t e = 0; e < mechanism.n_elements(); ++e)
    elements[mechanism.elements[e].name] = comm.max(defects.elements[e]);
  return {{"mass", comm.max(defects.mass)},
          {"enthalpy", comm.max(defects.enthalpy)},
          {"elements", elements},
          {"lowest_mass_fraction", comm.min(defects.lowest_Y)}};
}

}  // namespace

Json ReactingFlowPde::summary() {
  const auto& comm = grid_->communicator();
  return {{"flow", describe_flow(record_, comm)},
          {"chemistry", describe_chemistry(*config_, *mechanism_, comm.sum(record_.retries))},
          {"conservation", list_conservation(monitor_.defects(), *mechanism_, comm)}};
}

std::vector<std::pair<std::string, std::string>> ReactingFlowPde::lines(const Json& summary) const {
  const auto& chemistry = summary["chemistry"];
  return {{"hottest cell", fmt::format("{:.0f} K", summary["observables"]["temperature_max_K"].get<double>())},
          {"chemistry", fmt::format("{} species, {} reactions; {} at rtol {:g}", chemistry["species"].dump(),
                                    chemistry["reactions"].dump(), chemistry["integrator"].get<std::string>(),
                                    chemistry["rtol"].get<double>())}};
}

std::string ReactingFlowPde::described() const { return fmt::format("{} species", mechanism_->n_species()); }

/// The row of the hottest cell, under nominal conditions.
std::vector<double> ReactingFlowPde::dear_row() {
  const auto view = flow_->state();
  const auto rows = view.rows();
  std::int64_t hottest = 0;
  for (std::int64_t i = 0; i < rows.size(); ++i)
    if (rows[i][0] > rows[hottest][0]) hottest = i;
  const auto& inputs = monitor_.kind().signature().inputs;
  std::vector<double> row(rows[hottest].begin(), rows[hottest].end());
  for (auto k = row.size(); k < inputs.size(); ++k) row.push_back(inputs[k].scale);
  return row;
}

}  // namespace bimetal::app
