#include "app/run_output.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/version.hpp"
#include "io/summary.hpp"

namespace bimetal::app {
namespace {

constexpr const char* columns_before[] = {
    "step",  "time_s",  "dt_s",          "wall_s",    "inert",     "explicit",     "accepted", "rejected",
    "gated", "audited", "audited_wrong", "withdrawn", "threshold", "audit_chance", "loss",     "version"};
constexpr const char* columns_behind[] = {"physics_s", "inference_s",     "training_s", "audit_s",
                                          "balance_s", "communication_s", "output_s"};

/// The columns of the PDE lie between the others.
std::vector<std::string> history_columns(const Pde& pde) {
  std::vector<std::string> columns(std::begin(columns_before), std::end(columns_before));
  std::ranges::copy(pde.history_columns(), std::back_inserter(columns));
  columns.insert(columns.end(), std::begin(columns_behind), std::end(columns_behind));
  return columns;
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
  const io::DataDescription description{.case_name = config.name,
                                        .program = fmt::format("bimetal {} ({})", core::version, core::commit),
                                        .signature = library::describe_columns(config, signature)};
  return io::DataSet(config.output.directory + "/data.h5", std::ssize(signature.inputs),
                     std::ssize(signature.outputs), description, comm, after_step);
}

}  // namespace

RunOutput::RunOutput(const RunConfig& config, Simulation& simulation, parallel::Communicator comm, core::Log& log,
                     io::Claim claim, std::optional<std::int64_t> after_step)
    : config_(&config),
      simulation_(&simulation),
      comm_(comm),
      claim_(std::move(claim)),
      fields_(config.output.directory, simulation.pde().extents(), comm),
      history_(config.output.directory + "/history.csv", history_columns(simulation.pde()), comm, after_step),
      data_(begin_data_set(config, simulation, comm, after_step.value_or(0))),
      observer_(simulation.pde().make_observer(config.output.directory, after_step)),
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
  fields_.persist(archive.in("fields"));
  if (archive.restores() && !continues_) fields_.forget();  // they are elsewhere
  observer_->persist(archive.in("observer"));
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
  fields_.write(clock.step(), clock.time(), simulation_->pde().fields());
}

/// Every version that was promoted; one that has been rolled back to is there already.
void RunOutput::save_new_version() {
  const auto* surrogate = simulation_->hybrid().surrogate();
  if (!surrogate || surrogate->version() <= saved_version_) return;
  saved_version_ = surrogate->version();
  const auto path = fmt::format("{}/surrogate_v{:02d}.pt", config_->output.directory, saved_version_);
  io::write_text(path, comm_.is_root() ? surrogate->save(surrogate::Surrogate::Weights::serving) : "", comm_);
}

void RunOutput::record_step(const Clock& clock) {
  core::ScopedTimer timer(seconds_);
  if (claim_) claim_->require_kept();
  const auto& hybrid = simulation_->hybrid();
  save_new_version();
  if (data_) data_->append(simulation_->recorder()->rows());
  if (clock.done() || clock.step() % config_->output.observables_every == 0)
    observer_->observe(clock.step(), clock.time(), clock.dt());

  const auto& did = hybrid.last_step();
  const auto& rows = did.rows;
  const auto& cost = did.seconds;
  const auto number = [](auto count) { return static_cast<double>(count); };
  std::vector<double> line{number(clock.step()), clock.time(), clock.dt(), wall_seconds()};
  for (const auto count : {rows.inert, rows.explicit_steps, rows.accepted, rows.rejected, rows.gated, rows.audited,
                           rows.audited_wrong, rows.withdrawn})
    line.push_back(number(count));
  line.insert(line.end(), {did.threshold, did.audit_chance, did.loss, number(did.version)});
  std::ranges::copy(simulation_->pde().history(), std::back_inserter(line));
  line.insert(line.end(), {cost.physics, cost.inference, cost.training, cost.audit + cost.inert_audit, cost.balance,
                           cost.communication, seconds_ - booked_seconds_});
  history_.append(line);
  booked_seconds_ = seconds_;
  const auto active = rows.accepted + rows.rejected;
  std::optional<double> share;
  if (config_->hybrid.switching.acceptance_rule().asks_surrogate)
    share = active > 0 ? number(rows.accepted) / number(active) : 0.0;
  progress_.show({.step = clock.step(),
                  .time = clock.time(),
                  .fraction = clock.fraction(),
                  .wall = since_start_.seconds(),
                  .surrogate_share = share});
}

}  // namespace bimetal::app
