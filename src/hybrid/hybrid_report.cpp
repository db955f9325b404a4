#include "hybrid/hybrid_report.hpp"

#include <fmt/format.h>

#include <cmath>

namespace bimetal::hybrid {
namespace {

using nlohmann::ordered_json;

ordered_json list_rows(const HybridSolver& hybrid) {
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

/// Costs per row, and the net speed-up of the sub-problems and of the whole run over pure physics, both estimated
/// from this run alone: what accepted rows would have cost is what the audits, a random sample of them, did cost.
/// Pure physics is supposed to have all ranks, those that train included, and to make as good use of them.
ordered_json list_speed(const HybridSolver& hybrid, const control::Ledger& sum, double wall, const Crew& crew) {
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
ordered_json list_ledger(const HybridSolver& hybrid, const control::Ledger& sum, const HybridOptions& options) {
  const auto& limit = options.switching.max_overhead;
  return {{"spent_s", sum.spent()},
          {"parts_s",
           {{"physics", sum.physics},
            {"inference", sum.inference},
            {"training", sum.training},
            {"audit", sum.audit + sum.inert_audit},
            {"balance", sum.balance},
            {"communication", sum.communication}}},
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

ordered_json list_errors(const HybridSolver& hybrid) {
  ordered_json errors = ordered_json::object();
  if (!hybrid.surrogate()) return errors;
  for (const auto& output : hybrid.output_errors())
    errors[output.name] = {{"scale", output.scale},
                           {"mean_abs", output.estimate.mean_abs},
                           {"bias", output.estimate.bias},
                           {"accumulated", output.estimate.accumulated},
                           {"accumulated_error", output.estimate.accumulated_error}};
  return errors;
}

ordered_json describe_surrogate(const HybridSolver& hybrid, const parallel::Communicator& comm) {
  const auto* surrogate = hybrid.surrogate();
  if (!surrogate) return nullptr;
  const auto training = hybrid.training();
  return {{"version", surrogate->version()},
          {"parameters", surrogate->n_parameters()},
          {"device", surrogate->device()},
          {"promotions", hybrid.promotions()},
          {"rollbacks", hybrid.rollbacks()},
          {"tightness", hybrid.controller().tightness()},
          {"updates", training.updates},
          {"samples_trained", training.samples},
          {"learner_s", comm.sum(hybrid.learner_seconds()) / comm.size()}};
}

/// Of trainers of their own.
ordered_json describe_trainers(const HybridSolver& hybrid, const Crew& crew) {
  const auto training = hybrid.training();
  return {{"ranks", crew.n_trainers()},
          {"candidates", training.candidates},
          {"samples_sent", crew.own().sum(training.sent)},
          {"samples_dropped", crew.own().sum(training.dropped)},
          {"given_up_at", training.given_up_at ? ordered_json(*training.given_up_at) : ordered_json(nullptr)}};
}

/// What the errors of accepted answers, whose sign does not cancel, add up to: the worst output.
std::string describe_accumulated(const ordered_json& errors) {
  std::string name;
  double worst = -1.0, value = 0.0;
  for (const auto& [output, error] : errors.items()) {
    const double part = std::abs(error["accumulated"].get<double>()) / error["scale"].get<double>();
    if (part <= worst) continue;
    worst = part;
    name = output;
    value = error["accumulated"];
  }
  return fmt::format("{:+.2g} in {} for a row that forgets nothing, {:.2g} of its scale (switching.run_tolerance)",
                     value, name, worst);
}

/// ledger: at the end of a run in which the surrogate answered nothing.
std::string why_none(const ordered_json& ledger) {
  const auto& standing = ledger["standing"];
  if (standing == control::to_string(control::Standing::no_version))
    return ledger["max_overhead"].is_null() ? "it has not learned enough"
                                            : "it has not learned enough, or not been allowed what that costs "
                                              "(switching.max_overhead; a short run learns with switching.cost_veto: "
                                              "false)";
  if (standing == control::to_string(control::Standing::cost)) return "asking it costs more than it saves";
  if (standing == control::to_string(control::Standing::on)) return "it has only just been switched on";
  return "no threshold on its score is known to keep wrong answers rare enough";
}

}  // namespace

ordered_json report(HybridSolver& hybrid, const HybridOptions& options, const Crew& crew, double wall_seconds) {
  const auto& comm = crew.own();
  const auto& rows = hybrid.rows();
  auto seconds = hybrid.seconds().to_array();
  comm.sum_in_place(std::span<double>(seconds));
  const auto sum = control::Ledger::from_array(seconds);
  const double wall = comm.max(wall_seconds);

  ordered_json report;
  report["subproblems"] = list_rows(hybrid);
  if (hybrid.surrogate()) {
    const auto certificate = hybrid.certificate();
    report["certificate"] = {{"wrong_fraction", certificate.wrong_fraction},
                             {"confidence", certificate.confidence},
                             {"upper_bound", certificate.upper_bound}};
  }
  report["error"] = list_errors(hybrid);
  if (options.verify == Verify::yes && rows.verified > 0)
    report["verification"] = {
        {"wrong_fraction", static_cast<double>(rows.verified_wrong) / static_cast<double>(rows.verified)}};
  report["speed"] = list_speed(hybrid, sum, wall, crew);
  if (hybrid.surrogate()) report["ledger"] = list_ledger(hybrid, sum, options);
  report["surrogate"] = describe_surrogate(hybrid, comm);
  if (crew.n_trainers() > 0) report["trainers"] = describe_trainers(hybrid, crew);
  return report;
}

std::vector<SummaryLine> summary_lines(const ordered_json& report) {
  const auto& rows = report["subproblems"];
  const auto percent = [](double part, double whole) { return whole > 0.0 ? 100.0 * part / whole : 0.0; };
  const double accepted = rows["accepted"], by_explicit = rows["explicit"];
  const double active = by_explicit + accepted + rows["rejected"].get<double>();
  std::vector<SummaryLine> lines{{"active sub-problems", fmt::format("{:.0f} of {}", active, rows["total"].dump())}};
  if (rows["inert"] > 0 || by_explicit > 0.0)
    lines.back().text +=
        fmt::format(" (the others were inert); {:.1f} % of them by an explicit step", percent(by_explicit, active));
  if (!report.contains("certificate")) {
    const auto& cost = report["speed"]["physics_s_per_row"];
    if (cost.is_number()) lines.push_back({"cost of physics", fmt::format("{:.3g} s a row", cost.get<double>())});
    return lines;
  }
  const auto& surrogate = report["surrogate"];
  const auto& ledger = report["ledger"];
  const auto& certificate = report["certificate"];
  const auto& speed = report["speed"];
  lines.push_back({"surrogate answered", fmt::format("{:.1f} % of the active ones", percent(accepted, active))});
  if (rows["unanswerable"] > 0)
    lines.back().text +=
        fmt::format("; {:.1f} % of them it is never asked about", percent(rows["unanswerable"], active));
  lines.push_back(
      {"versions", fmt::format("promoted {}, rolled back {}; steps with the surrogate off {}, drift alarms {}",
                               surrogate["promotions"].dump(), surrogate["rollbacks"].dump(),
                               ledger["off_steps"].dump(), ledger["alarms"].dump())});
  if (accepted > 0.0) {
    lines.push_back({"audits", fmt::format("{} of them at random, {} wrong", rows["audited"].dump(),
                                           rows["audited_wrong"].dump())});
    lines.push_back({"certificate", fmt::format("at most {:.2f} % of its answers were wrong (confidence {:.0f} %)",
                                                100.0 * certificate["upper_bound"].get<double>(),
                                                100.0 * certificate["confidence"].get<double>())});
    lines.push_back({"errors add up to", describe_accumulated(report["error"])});
  } else {
    lines.push_back({"certificate", "none, since no answer of it was committed: " + why_none(ledger)});
  }
  lines.push_back({"net speed-up",
                   fmt::format("{:.2f} of the sub-problems, {:.2f} of the run; training, audits and all included",
                               speed["net_speedup_subproblems"].get<double>(), speed["net_speedup"].get<double>())});
  return lines;
}

}  // namespace bimetal::hybrid
