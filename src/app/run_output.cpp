#include "app/run_output.hpp"

#include <algorithm>

#include "core/version.hpp"
#include "io/summary.hpp"
#include "surrogate/signature_json.hpp"

namespace bimetal::app {
namespace {

std::vector<std::string> history_columns() {
  return {"step",
          "time_s",
          "dt_s",
          "courant",
          "wall_s",
          "inert",
          "explicit",
          "accepted",
          "rejected",
          "gated",
          "audited",
          "audited_wrong",
          "withdrawn",
          "threshold",
          "audit_chance",
          "loss",
          "version",
          "temperature_max_K",
          "pressure_iterations",
          "transport_s",
          "pressure_s",
          "physics_s",
          "inference_s",
          "training_s",
          "audit_s",
          "balance_s",
          "communication_s",
          "output_s"};
}

/// Shares the terminal between progress line and log.
io::ProgressStyle choose_style(core::Log& log) {
  if (!log.speaks()) return io::ProgressStyle::silent;
  const auto style = io::progress_style(stdout);
  if (style == io::ProgressStyle::terminal) log.share_terminal();
  return style;
}

std::optional<io::DataSet> begin_data_set(const RunConfig& config, Simulation& simulation,
                                          const parallel::Communicator& comm, std::int64_t after_step) {
  if (!simulation.recorder()) return std::nullopt;
  const auto& signature = simulation.hybrid().kind().signature();
  auto described = surrogate::signature_to_json(signature);
  described["knee"] = config.network.knee;
  described["resolution"] = config.network.resolution;
  const io::DataDescription description{.case_name = config.name,
                                        .program = fmt::format("bimetal {} ({})", core::version, core::commit),
                                        .signature = described.dump()};
  return io::DataSet(config.output.directory + "/data.h5", std::ssize(signature.inputs),
                     std::ssize(signature.outputs), description, comm, after_step);
}

}  // namespace

void FlowRecord::persist(const core::Archive& archive) {
  clock.persist(archive.in("clock"));
  archive.alike("pressure_iterations", pressure_iterations);
  archive.alike("most_pressure_iterations", most_pressure_iterations);
  archive.maxima("largest_residual", largest_residual);
  archive.sums("negative_cells", negative_cells);
  archive.maxima("largest_negative", largest_negative);
  archive.sums("retries", retries);
}

RunOutput::RunOutput(const RunConfig& config, Simulation& simulation, parallel::Communicator comm, core::Log& log,
                     std::optional<std::int64_t> after_step)
    : config_(&config),
      simulation_(&simulation),
      comm_(comm),
      fields_(config.output.directory, simulation.flow().extents(), comm),
      history_(config.output.directory + "/history.csv", history_columns(), comm, after_step),
      data_(begin_data_set(config, simulation, comm, after_step.value_or(0))),
      observer_(config, simulation, comm, after_step),
      flow_record_{Clock(config.time)},
      saved_version_(simulation.hybrid().surrogate() ? simulation.hybrid().surrogate()->version() : -1),
      progress_(stdout, choose_style(log)),
      continues_(after_step.has_value()) {}

void RunOutput::settle(const Clock& clock) {
  if (data_) data_->cut(clock.step());
}

void RunOutput::complete() {
  core::ScopedTimer timer(seconds_);
  if (data_) data_->close();
}

void RunOutput::persist(const core::Archive& archive) {
  flow_record_.persist(archive.in("flow_record"));
  fields_.persist(archive.in("fields"));
  if (archive.restores() && !continues_) fields_.forget();  // they are elsewhere
  observer_.persist(archive.in("observer"));
  archive.alike("saved_version", saved_version_);
  archive.sums("seconds", seconds_);
  archive.sums("booked_seconds", booked_seconds_);
  double wall = wall_seconds();
  archive.maxima("wall", wall);
  if (!archive.restores()) return;
  wall_before_ = wall;
  since_start_ = core::Stopwatch();
}

bool RunOutput::fields_due(const Clock& clock) const {
  const auto every = config_->output.fields_every;
  return clock.done() || (every > 0 && clock.step() % every == 0);
}

void RunOutput::write_fields(const Clock& clock) {
  core::ScopedTimer timer(seconds_);
  using subproblem::Provenance;
  const auto& flow = simulation_->flow();
  const auto view = flow.state();
  const auto rows = view.rows();
  std::vector<io::CellField> fields{io::column("T", "K", rows.data(), rows.width())};
  std::int64_t column = 1;
  for (const auto& species : simulation_->mechanism().species)
    fields.push_back(io::column("Y_" + species.name, "1", rows.data() + column++, rows.width()));
  const auto density = flow.density();
  fields.push_back(io::column("density", "kg/m^3", density.data()));
  const auto velocity = flow.velocity();
  for (std::int64_t axis = 0; axis < velocity.width(); ++axis)
    fields.push_back(
        io::column(std::string("velocity_") + "xyz"[axis], "m/s", velocity.rows().data() + axis, velocity.width()));
  const auto pressure = flow.flow_pressure();
  if (!pressure.empty()) fields.push_back(io::column("pressure", "Pa", pressure.data()));
  const auto provenance = flow.provenance();
  fields.push_back(io::member("answerer", "1", provenance, &Provenance::answerer));
  fields.push_back(io::member("version", "1", provenance, &Provenance::version));
  fields.push_back(io::member("score", "1", provenance, &Provenance::score));
  fields.push_back(io::member("audited_error", "1", provenance, &Provenance::audited_error));
  fields_.write(clock.step(), clock.time(), fields);
}

/// Every version that was promoted; one that has been rolled back to is there already.
void RunOutput::save_new_version() {
  const auto* surrogate = simulation_->hybrid().surrogate();
  if (!surrogate || surrogate->version() <= saved_version_) return;
  saved_version_ = surrogate->version();
  const auto path = fmt::format("{}/surrogate_v{:02d}.pt", config_->output.directory, saved_version_);
  io::write_text(path, comm_.is_root() ? surrogate->save(surrogate::Surrogate::Weights::serving) : "", comm_);
}

void RunOutput::record_step(const Clock& clock, const flow::StepReport& report) {
  core::ScopedTimer timer(seconds_);
  const auto& hybrid = simulation_->hybrid();
  const auto& did = hybrid.last_step();
  const auto* surrogate = hybrid.surrogate();
  auto& record = flow_record_;
  record.clock = clock;
  record.pressure_iterations += report.pressure_iterations;
  record.most_pressure_iterations = std::max(record.most_pressure_iterations, report.pressure_iterations);
  record.largest_residual = std::max(record.largest_residual, report.divergence_residual);
  record.negative_cells += report.negative_cells;
  record.largest_negative = std::max(record.largest_negative, report.largest_negative);
  record.retries += report.batch.retries;
  save_new_version();
  if (data_) data_->append(simulation_->recorder()->rows());
  if (clock.done() || clock.step() % config_->output.observables_every == 0)
    observer_.observe(clock.step(), clock.time(), clock.dt());

  double hottest = 0.0;
  {
    const auto view = simulation_->flow().state();
    for (std::int64_t i = 0; i < view.rows().size(); ++i) hottest = std::max(hottest, view.rows()[i][0]);
  }

  const auto& rows = did.rows;
  const auto& cost = did.seconds;
  history_.append(std::vector<double>{static_cast<double>(clock.step()),
                                      clock.time(),
                                      clock.dt(),
                                      clock.dt() * simulation_->flow().courant_rate(),
                                      wall_seconds(),
                                      static_cast<double>(rows.inert),
                                      static_cast<double>(rows.explicit_steps),
                                      static_cast<double>(rows.accepted),
                                      static_cast<double>(rows.rejected),
                                      static_cast<double>(rows.gated),
                                      static_cast<double>(rows.audited),
                                      static_cast<double>(rows.audited_wrong),
                                      static_cast<double>(rows.withdrawn),
                                      did.threshold,
                                      did.audit_chance,
                                      did.loss,
                                      static_cast<double>(surrogate ? surrogate->version() : -1),
                                      comm_.max(hottest),
                                      static_cast<double>(report.pressure_iterations),
                                      report.transport_s,
                                      report.pressure_s,
                                      cost.physics,
                                      cost.inference,
                                      cost.training,
                                      cost.audit + cost.inert_audit,
                                      cost.balance,
                                      cost.communication,
                                      seconds_ - booked_seconds_});
  booked_seconds_ = seconds_;
  const auto active = rows.accepted + rows.rejected;
  progress_.show(
      {.step = clock.step(),
       .time = clock.time(),
       .fraction = clock.fraction(),
       .wall = since_start_.seconds(),
       .surrogate_share = active > 0 ? static_cast<double>(rows.accepted) / static_cast<double>(active) : 0.0});
}

}  // namespace bimetal::app
