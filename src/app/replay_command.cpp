#include <algorithm>
#include <cstdio>
#include <memory>

#include "app/commands.hpp"
#include "app/failure_record.hpp"
#include "app/guarded.hpp"
#include "app/reacting_flow.hpp"
#include "config/document.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace bimetal::app {
namespace {

using nlohmann::ordered_json;
using subproblem::Given;

/// What became of a failed reactor this time.
struct Replayed {
  FailedReactor then;
  std::vector<subproblem::Attempt> attempts;
  std::optional<std::string> trouble;  // nothing: it was solved
  double temperature = 0.0;            // [K] afterwards
};

FailureRecord read_record(const ReplayCommand& command, const parallel::Communicator& world) {
  const auto text = config::read_text(command.record, "record of failed reactors", world);
  auto record = parse_failure_record(text, command.record);
  if (command.mechanism) record.mechanism_file = *command.mechanism;
  if (command.rtol) record.solver.rtol = *command.rtol;
  if (!command.cell) return record;
  std::erase_if(record.reactors, [&](const auto& reactor) { return reactor.cell != *command.cell; });
  if (record.reactors.empty())
    throw core::UserError::format("{} holds no cell {}; leave out --cell to see which it holds", command.record,
                                  *command.cell);
  return record;
}

/// Answers depend on the mechanism, so another one would replay something else.
std::shared_ptr<const chemistry::Mechanism> load_same_mechanism(const FailureRecord& record,
                                                                const std::string& source,
                                                                const parallel::Communicator& world) {
  auto mechanism = load_mechanism(record.mechanism_file, std::nullopt, world);
  if (mechanism->fingerprint() != record.fingerprint && mechanism->name != record.mechanism_name) {
    try {
      mechanism = load_mechanism(record.mechanism_file, record.mechanism_name, world);
    } catch (const core::UserError&) {  // the file has no such phase
    }
  }
  if (mechanism->fingerprint() != record.fingerprint)
    throw core::UserError::format(
        "{} is not the mechanism that the reactors of {} failed with ({}, fingerprint {}); give that one by "
        "--mechanism",
        record.mechanism_file, source, core::one_line(record.mechanism_name, 80),
        core::one_line(record.fingerprint, 80));
  return mechanism;
}

/// T, Y, p, dt.
std::vector<double> row_of(const FailedReactor& reactor, const chemistry::Mechanism& mechanism) {
  std::vector<double> row(1 + mechanism.n_species(), 0.0);
  row[0] = reactor.temperature;
  for (const auto& [species, value] : reactor.Y) row[1 + mechanism.require_species(species)] = value;
  row.insert(row.end(), {reactor.pressure, reactor.dt});
  return row;
}

Replayed replay(const FailedReactor& reactor, subproblem::ReactorSolver& solver,
                const chemistry::Mechanism& mechanism) {
  const auto in = row_of(reactor, mechanism);
  std::vector<double> out(1 + mechanism.n_species());
  subproblem::Batch batch{
      .in = {in.data(), 1, std::ssize(in)}, .out = {out.data(), 1, std::ssize(out)}, .id = {&reactor.cell, 1}};
  const auto report = solver.solve(batch);
  Replayed replayed{.then = reactor,
                    .attempts = {solver.attempts().begin(), solver.attempts().end()},
                    .trouble = std::nullopt,
                    .temperature = out[0]};
  if (!report.failures.empty()) replayed.trouble = report.failures.front().reason;
  return replayed;
}

ordered_json to_json(const Replayed& replayed) {
  const auto or_null = [](const std::optional<std::string>& text) { return text ? ordered_json(*text) : nullptr; };
  auto attempts = ordered_json::array();
  for (const auto& attempt : replayed.attempts)
    attempts.push_back({{"integrator", subproblem::to_string(attempt.integrator)},
                        {"rtol", attempt.rtol},
                        {"steps", attempt.steps},
                        {"trouble", or_null(attempt.trouble)}});
  return {{"cell", replayed.then.cell},
          {"reason_then", replayed.then.reason},
          {"solved", !replayed.trouble},
          {"trouble", or_null(replayed.trouble)},
          {"attempts", attempts},
          {"temperature_before_K", replayed.then.temperature},
          {"temperature_after_K", replayed.trouble ? ordered_json() : ordered_json(replayed.temperature)}};
}

void print(const Replayed& replayed) {
  const auto& then = replayed.then;
  fmt::print("  cell {:<8} {:.7g} K, {:.6g} Pa, {:.3g} s: ", then.cell, then.temperature, then.pressure, then.dt);
  if (replayed.trouble)
    fmt::print("not solved ({})\n", *replayed.trouble);
  else
    fmt::print("solved by attempt {}, {:.7g} K after\n", replayed.attempts.size(), replayed.temperature);
  for (const auto& attempt : replayed.attempts)
    fmt::print("    {:<11} rtol {:<8.1g} {:>7} steps  {}\n", subproblem::to_string(attempt.integrator), attempt.rtol,
               attempt.steps, attempt.trouble.value_or("solved"));
}

}  // namespace

int execute(const ReplayCommand& command, const parallel::Communicator& world) {
  const auto record = read_record(command, world);
  const auto mechanism = load_same_mechanism(record, command.record, world);
  // Scales are of no concern to physics.
  subproblem::ReactorSolver solver(
      subproblem::Reactor(mechanism, {.pressure_given = Given::by_row, .step_given = Given::by_row},
                          std::vector<double>(1 + mechanism->n_species(), 1.0)),
      record.solver);
  std::vector<Replayed> all;
  for (const auto& reactor : record.reactors) all.push_back(replay(reactor, solver, *mechanism));
  if (!world.is_root()) return exit_done;

  const auto n_solved = std::ranges::count_if(all, [](const Replayed& replayed) { return !replayed.trouble; });
  if (command.format == ReportFormat::json) {
    ordered_json report{
        {"case", record.case_name},     {"step", record.step},        {"failed", record.n_failed},
        {"mechanism", mechanism->name}, {"rtol", record.solver.rtol}, {"atol", record.solver.atol},
        {"replayed", all.size()},       {"solved", n_solved},         {"reactors", ordered_json::array()}};
    for (const auto& replayed : all) report["reactors"].push_back(to_json(replayed));
    fmt::print("{}\n", report.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}, step {}: {} of the {} reactors that failed, with {} at rtol {:g}, atol {:g}\n",
               core::one_line(record.case_name, 80), record.step, all.size(), record.n_failed, mechanism->name,
               record.solver.rtol, record.solver.atol);
    for (const auto& replayed : all) print(replayed);
    fmt::print("  {} of {} solved\n", n_solved, all.size());
  }
  return exit_done;
}

}  // namespace bimetal::app
