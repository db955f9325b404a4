#include "app/run_summary.hpp"

#include <algorithm>

#include "core/version.hpp"

namespace bimetal::app {
namespace {

using nlohmann::ordered_json;

ordered_json list_rows(const hybrid::HybridSolver& hybrid) {
  const auto& rows = hybrid.rows();
  ordered_json gates;
  for (const auto& gate : hybrid.gated()) gates[gate.name] = gate.rows;
  return {{"total", rows.total},
          {"inert", rows.inert},
          {"explicit", rows.explicit_steps},
          {"unanswerable", rows.unanswerable},
          {"accepted", rows.accepted},
          {"rejected", rows.rejected},
          {"audited", rows.audited},
          {"audited_wrong", rows.audited_wrong},
          {"withdrawn", rows.withdrawn},
          {"asked", rows.asked},
          {"gated", rows.gated},
          {"gates", gates},
          {"inert_audited", rows.inert_audited},
          {"inert_wrong", rows.inert_wrong},
          {"explicit_audited", rows.explicit_audited},
          {"explicit_wrong", rows.explicit_wrong},
          {"moved_unsolved", rows.moved_unsolved}};
}

/// The seconds are means over ranks. pde: what the PDE spent, by name; march: what the loop took.
ordered_json list_seconds(const control::Ledger& mean, const ordered_json& pde, double march, double setup,
                          double output) {
  ordered_json seconds{{"total", setup + march}, {"setup", setup}};
  seconds.update(pde);
  seconds.update({{"physics", mean.physics},
                  {"inference", mean.inference},
                  {"training", mean.training},
                  {"audit", mean.audit + mean.inert_audit},
                  {"balance", mean.balance},
                  {"communication", mean.communication},
                  {"output", output},
                  {"verification", mean.verification}});
  return seconds;
}

/// Costs per row, and the net speed-up of the sub-problems and of the whole run over pure physics, both estimated
/// from this run alone: what accepted rows would have cost is what the audits, a random sample of them, did cost.
/// Pure physics is supposed to have all ranks, those that train included, and to make as good use of them.
ordered_json list_speed(const hybrid::HybridSolver& hybrid, const control::Ledger& sum, double wall,
                        const hybrid::Crew& crew) {
  const auto& rows = hybrid.rows();
  const auto per_row = [](double seconds, std::int64_t n) {
    return n > 0 ? ordered_json(seconds / static_cast<double>(n)) : ordered_json(nullptr);
  };
  const double n_solvers = crew.n_solvers(), n_ranks = n_solvers + crew.n_trainers();
  const double spent = n_solvers * wall - sum.verification;  // seconds of the ranks that solve
  const double alone = spent - sum.spent() + sum.physics_alone();
  return {{"physics_s_per_row", per_row(sum.physics + sum.audit, rows.rejected + rows.audited)},
          {"inference_s_per_row", per_row(sum.inference, rows.asked)},
          {"net_speedup_subproblems", sum.net_speedup() * n_solvers / n_ranks},
          {"net_speedup", alone / spent * n_solvers / n_ranks}};
}

/// Why the surrogate was or was not worth asking; seconds of all ranks together.
ordered_json list_ledger(const hybrid::HybridSolver& hybrid, const control::Ledger& sum, const RunConfig& config) {
  const auto& limit = config.hybrid.switching.max_overhead;
  return {{"spent_s", sum.spent()},
          {"saved_s", sum.saved()},
          {"physics_alone_s", sum.physics_alone()},
          {"overhead", sum.overhead()},
          {"max_overhead", limit ? ordered_json(*limit) : ordered_json(nullptr)},
          {"updates", static_cast<std::int64_t>(sum.updates)},
          {"training_s_per_update", sum.training_per_update()},
          {"standing", control::to_string(hybrid.controller().standing())},
          {"off_steps", hybrid.off_steps()},
          {"probes", hybrid.controller().probes()},
          {"alarms", hybrid.controller().alarms()}};
}

ordered_json describe_steps(const Clock& clock) {
  ordered_json limited_by;
  const auto counts = clock.counts();
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) limited_by[step_limit_names[i]] = counts[i];
  return {{"smallest_s", clock.smallest_dt()},
          {"largest_s", clock.largest_dt()},
          {"largest_courant", clock.largest_courant()},
          {"limited_by", limited_by}};
}

ordered_json list_errors(const hybrid::HybridSolver& hybrid) {
  ordered_json errors = ordered_json::object();
  if (!hybrid.surrogate()) return errors;
  for (const auto& output : hybrid.output_errors())
    errors[output.name] = {{"mean_abs", output.estimate.mean_abs},
                           {"bias", output.estimate.bias},
                           {"accumulated", output.estimate.accumulated},
                           {"accumulated_error", output.estimate.accumulated_error}};
  return errors;
}

ordered_json describe_surrogate(const hybrid::HybridSolver& hybrid, const parallel::Communicator& comm) {
  const auto* surrogate = hybrid.surrogate();
  if (!surrogate) return nullptr;
  const auto training = hybrid.training();
  return {{"version", surrogate->version()},
          {"parameters", surrogate->n_parameters()},
          {"promotions", hybrid.promotions()},
          {"rollbacks", hybrid.rollbacks()},
          {"tightness", hybrid.controller().tightness()},
          {"updates", training.updates},
          {"samples_trained", training.samples},
          {"learner_s", comm.sum(hybrid.learner_seconds()) / comm.size()}};
}

/// Of trainers of their own.
ordered_json describe_trainers(const hybrid::HybridSolver& hybrid, const hybrid::Crew& crew) {
  const auto training = hybrid.training();
  return {{"ranks", crew.n_trainers()},
          {"candidates", training.candidates},
          {"samples_sent", crew.own().sum(training.sent)},
          {"samples_dropped", crew.own().sum(training.dropped)},
          {"given_up_at", training.given_up_at ? ordered_json(*training.given_up_at) : ordered_json(nullptr)}};
}

}  // namespace

std::string describe_ranks(int n_solvers, int n_trainers) {
  if (n_trainers == 0) return fmt::format("{} rank(s)", n_solvers);
  return fmt::format("{} + {} ranks (to solve and to train)", n_solvers, n_trainers);
}

ordered_json summarise(const RunConfig& config, Simulation& simulation, const RunProgress& progress,
                       double setup_seconds, const RunOutput& output, const hybrid::Crew& crew) {
  const auto& comm = crew.own();
  const auto& hybrid = simulation.hybrid();
  const auto& rows = hybrid.rows();
  const int n_ranks = comm.size();

  auto seconds = hybrid.seconds().to_array();
  comm.sum_in_place(std::span<double>(seconds));
  const auto sum = control::Ledger::from_array(seconds);
  for (auto& value : seconds) value /= n_ranks;
  const auto mean = control::Ledger::from_array(seconds);
  ordered_json pde_seconds;
  for (const auto& [name, value] : simulation.pde().seconds()) pde_seconds[name] = comm.sum(value) / n_ranks;
  const double wall = comm.max(progress.seconds);
  const double setup = comm.max(setup_seconds);

  ordered_json summary;
  summary["program"] = {{"name", "bimetal"}, {"version", core::version}, {"commit", core::commit}};
  summary["case"] = config.name;
  summary["ranks"] = crew.n_solvers() + crew.n_trainers();
  summary["cells"] = simulation.pde().extents().n_cells();
  summary["steps"] = progress.clock.step();
  summary["time_s"] = progress.clock.time();
  summary["time_step"] = describe_steps(progress.clock);
  summary.update(simulation.pde().summary());
  summary["wall_s"] = list_seconds(mean, pde_seconds, wall, setup, comm.sum(output.seconds()) / n_ranks);
  summary["subproblems"] = list_rows(hybrid);
  if (hybrid.surrogate()) {
    const auto certificate = hybrid.certificate();
    summary["certificate"] = {{"wrong_fraction", certificate.wrong_fraction},
                              {"confidence", certificate.confidence},
                              {"upper_bound", certificate.upper_bound}};
  }
  summary["error"] = list_errors(hybrid);
  if (config.hybrid.verify == hybrid::Verify::yes && rows.verified > 0)
    summary["verification"] = {
        {"wrong_fraction", static_cast<double>(rows.verified_wrong) / static_cast<double>(rows.verified)}};
  summary["speed"] = list_speed(hybrid, sum, wall, crew);
  if (hybrid.surrogate()) summary["ledger"] = list_ledger(hybrid, sum, config);
  summary["surrogate"] = describe_surrogate(hybrid, comm);
  if (hybrid.surrogate() && config.model) summary["surrogate"]["began_as"] = *config.model;
  if (crew.n_trainers() > 0) summary["trainers"] = describe_trainers(hybrid, crew);
  summary["observables"] = output.observer().summary();
  return summary;
}

namespace {

/// "courant (162 steps), growth (13)".
std::string list_limits(const ordered_json& limited_by) {
  std::string text;
  for (const auto& [name, count] : limited_by.items())
    text += fmt::format("{}{} ({}{})", text.empty() ? "" : ", ", name, count.dump(), text.empty() ? " steps" : "");
  return text;
}

}  // namespace

void print_summary(const ordered_json& summary, const Pde& pde, const std::string& directory, core::Log& log) {
  const auto& rows = summary["subproblems"];
  const auto& wall = summary["wall_s"];
  const auto& speed = summary["speed"];
  const auto percent = [](double part, double whole) { return whole > 0.0 ? 100.0 * part / whole : 0.0; };
  const double accepted = rows["accepted"], by_explicit = rows["explicit"];
  const double active = by_explicit + accepted + rows["rejected"].get<double>();

  log.info("");
  const int trainers = summary.contains("trainers") ? summary["trainers"]["ranks"].get<int>() : 0;
  log.info("{} steps of {} cells on {} in {:.1f} s", summary["steps"].dump(), summary["cells"].dump(),
           describe_ranks(summary["ranks"].get<int>() - trainers, trainers), wall["total"].get<double>());
  const auto& steps = summary["time_step"];
  const double courant = steps["largest_courant"];
  log.info("  time step             {:.2g} to {:.2g} s, bound by {}{}", steps["smallest_s"].get<double>(),
           steps["largest_s"].get<double>(), list_limits(steps["limited_by"]),
           courant > 0.0 ? fmt::format("; Courant number up to {:.2f}", courant) : "");
  for (const auto& [label, text] : pde.lines(summary)) log.info("  {:<21} {}", label, text);
  log.info("  active sub-problems   {:.0f} of {} (the others were inert); {:.1f} % of them by an explicit step",
           active, rows["total"].dump(), percent(by_explicit, active));
  if (summary.contains("certificate")) {
    const auto& certificate = summary["certificate"];
    log.info("  surrogate answered    {:.1f} % of the active ones; {:.1f} % of them it is never asked about",
             percent(accepted, active), percent(rows["unanswerable"], active));
    log.info("  audits                {} of them at random, {} wrong", rows["audited"].dump(),
             rows["audited_wrong"].dump());
    log.info("  certificate           at most {:.2f} % of its answers were wrong (confidence {:.0f} %)",
             100.0 * certificate["upper_bound"].get<double>(), 100.0 * certificate["confidence"].get<double>());
    log.info(
        "  net speed-up          {:.2f} of the sub-problems, {:.2f} of the run; training, audits and all included",
        speed["net_speedup_subproblems"].get<double>(), speed["net_speedup"].get<double>());
  }
  std::string parts;
  for (const auto& [label, seconds] : wall.items())
    if (label != "total")
      parts += fmt::format("{}{} {:.1f} s", parts.empty() ? "" : ", ", label, seconds.get<double>());
  log.info("  time                  {}", parts);
  log.info("  output                {}", directory);
}

}  // namespace bimetal::app
