#include "app/run_output.hpp"

#include <algorithm>

namespace bimetal::app {
namespace {

std::vector<std::string> history_columns() {
  return {"step",      "time_s",        "wall_s",     "inert",   "accepted",  "rejected",          "gated",
          "audited",   "audited_wrong", "threshold",  "loss",    "version",   "temperature_max_K", "transport_s",
          "physics_s", "inference_s",   "training_s", "audit_s", "balance_s", "communication_s",   "output_s"};
}

/// Shares the terminal between progress line and log.
io::ProgressStyle choose_style(core::Log& log) {
  if (!log.speaks()) return io::ProgressStyle::silent;
  const auto style = io::progress_style(stdout);
  if (style == io::ProgressStyle::terminal) log.share_terminal();
  return style;
}

}  // namespace

RunOutput::RunOutput(const RunConfig& config, Simulation& simulation, parallel::Communicator comm, core::Log& log)
    : config_(&config),
      simulation_(&simulation),
      comm_(comm),
      fields_(config.output.directory, simulation.flow().extents(), comm),
      history_(config.output.directory + "/history.csv", history_columns(), comm),
      progress_(stdout, choose_style(log)) {}

bool RunOutput::fields_due(std::int64_t steps_done) const {
  const auto every = config_->output.fields_every;
  return steps_done == config_->time.n_steps || (every > 0 && steps_done % every == 0);
}

void RunOutput::write_fields(std::int64_t step) {
  core::ScopedTimer timer(seconds_);
  using subproblem::Provenance;
  const auto& flow = simulation_->flow();
  const auto view = flow.state();
  const auto rows = view.rows();
  std::vector<io::CellField> fields{io::column("T", "K", rows.data(), rows.width())};
  std::int64_t column = 1;
  for (const auto& species : simulation_->mechanism().species)
    fields.push_back(io::column("Y_" + species.name, "1", rows.data() + column++, rows.width()));
  const auto provenance = flow.provenance();
  fields.push_back(io::member("answerer", "1", provenance, &Provenance::answerer));
  fields.push_back(io::member("version", "1", provenance, &Provenance::version));
  fields.push_back(io::member("score", "1", provenance, &Provenance::score));
  fields.push_back(io::member("audited_error", "1", provenance, &Provenance::audited_error));
  fields_.write(step, static_cast<double>(step) * config_->time.step, fields);
}

void RunOutput::record_step(std::int64_t step, const flow::StepReport& report) {
  core::ScopedTimer timer(seconds_);
  const auto& hybrid = simulation_->hybrid();
  const auto& did = hybrid.last_step();
  const auto* surrogate = hybrid.surrogate();

  double hottest = 0.0;
  {
    const auto view = simulation_->flow().state();
    for (std::int64_t i = 0; i < view.rows().size(); ++i) hottest = std::max(hottest, view.rows()[i][0]);
  }
  temperature_max_ = comm_.max(hottest);

  const double done = static_cast<double>(step + 1);
  const double time = done * config_->time.step;
  const auto& rows = did.rows;
  const auto& cost = did.seconds;
  history_.append(std::vector<double>{done,
                                      time,
                                      since_start_.seconds(),
                                      static_cast<double>(rows.inert),
                                      static_cast<double>(rows.accepted),
                                      static_cast<double>(rows.rejected),
                                      static_cast<double>(rows.gated),
                                      static_cast<double>(rows.audited),
                                      static_cast<double>(rows.audited_wrong),
                                      did.threshold,
                                      did.loss,
                                      static_cast<double>(surrogate ? surrogate->version() : -1),
                                      temperature_max_,
                                      report.transport_s,
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
      {.step = step + 1,
       .time = time,
       .fraction = done / static_cast<double>(config_->time.n_steps),
       .wall = since_start_.seconds(),
       .surrogate_share = active > 0 ? static_cast<double>(rows.accepted) / static_cast<double>(active) : 0.0});
}

}  // namespace bimetal::app
