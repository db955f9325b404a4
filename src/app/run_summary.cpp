#include "app/run_summary.hpp"

#include <algorithm>

#include "core/version.hpp"
#include "hybrid/hybrid_report.hpp"

namespace bimetal::app {
namespace {

using nlohmann::ordered_json;

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

}  // namespace

std::string describe_ranks(int n_solvers, int n_trainers) {
  if (n_trainers == 0) return fmt::format("{} rank(s)", n_solvers);
  return fmt::format("{} + {} ranks (to solve and to train)", n_solvers, n_trainers);
}

ordered_json summarise(const RunConfig& config, Simulation& simulation, const RunProgress& progress,
                       double setup_seconds, const RunOutput& output, const hybrid::Crew& crew,
                       const ordered_json& machine) {
  const auto& comm = crew.own();
  const int n_ranks = comm.size();

  auto seconds = simulation.hybrid().seconds().to_array();
  comm.sum_in_place(std::span<double>(seconds));
  for (auto& value : seconds) value /= n_ranks;
  const auto mean = control::Ledger::from_array(seconds);
  ordered_json pde_seconds;
  for (const auto& [name, value] : simulation.pde().seconds()) pde_seconds[name] = comm.sum(value) / n_ranks;
  const double wall = comm.max(progress.seconds);
  const double setup = comm.max(setup_seconds);

  ordered_json summary;
  summary["program"] = {{"name", "bimetal"}, {"version", core::version}, {"commit", core::commit}};
  summary["machine"] = machine;
  summary["case"] = config.name;
  summary["ranks"] = crew.n_solvers() + crew.n_trainers();
  summary["cells"] = simulation.pde().extents().n_cells();
  summary["steps"] = progress.clock.step();
  summary["time_s"] = progress.clock.time();
  summary["time_step"] = describe_steps(progress.clock);
  summary.update(simulation.pde().summary());
  summary["wall_s"] = list_seconds(mean, pde_seconds, wall, setup, comm.sum(output.seconds()) / n_ranks);
  summary.update(hybrid::report(simulation.hybrid(), config.hybrid, crew, progress.seconds));
  if (simulation.hybrid().surrogate() && config.model) summary["surrogate"]["began_as"] = *config.model;
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
  const auto& wall = summary["wall_s"];
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
  for (const auto& [label, text] : hybrid::summary_lines(summary)) log.info("  {:<21} {}", label, text);
  std::string parts;
  for (const auto& [label, seconds] : wall.items())
    if (label != "total")
      parts += fmt::format("{}{} {:.1f} s", parts.empty() ? "" : ", ", label, seconds.get<double>());
  log.info("  time                  {}", parts);
  log.info("  output                {}", directory);
}

}  // namespace bimetal::app
