#include "app/failed_reactors.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "app/failure_record.hpp"
#include "app/lowest_cell.hpp"
#include "app/reacting_flow_config.hpp"
#include "core/error.hpp"
#include "io/summary.hpp"

namespace bimetal::app {
namespace {

using subproblem::Failure;

constexpr int most_recorded = 100;

/// `failure` in words; a condition that has no column in the rows is that of the run.
FailedReactor describe(const Failure& failure, const RunConfig& config, const core::Signature& signature) {
  FailedReactor reactor{.cell = failure.id,
                        .temperature = failure.in.front(),
                        .pressure = as_reacting_flow(config).chemistry.pressure,
                        .dt = signature.dt,
                        .Y = {},
                        .reason = failure.reason};
  for (std::size_t k = 1; k < failure.in.size(); ++k) {
    const auto& input = signature.inputs[k];
    switch (input.condition) {
      case core::Condition::pressure: reactor.pressure = failure.in[k]; break;
      case core::Condition::time_step: reactor.dt = failure.in[k]; break;
      case core::Condition::none: reactor.Y[input.name.substr(2)] = failure.in[k]; break;  // "Y_OH"
    }
  }
  return reactor;
}

/// Those of the lowest cells, in order, whichever ranks hold them. Collective.
std::vector<FailedReactor> gather_lowest(std::vector<Failure> failures, const RunConfig& config,
                                         const core::Signature& signature, const parallel::Communicator& comm) {
  std::ranges::sort(failures, std::greater(), &Failure::id);  // the next one at the back
  std::vector<FailedReactor> lowest;
  while (std::ssize(lowest) < most_recorded) {
    const auto mine = failures.empty() ? std::nullopt : std::optional(failures.back().id);
    const auto next = find_lowest(
        mine,
        [&] {
          auto text = to_json(describe(failures.back(), config, signature)).dump();
          failures.pop_back();
          return text;
        },
        comm);
    if (!next) break;
    lowest.push_back(parse_failed_reactor(next->text, "a rank"));
  }
  return lowest;
}

/// What to do with the record, or why there is none. Collective.
std::string write_record(const std::string& path, const FailureRecord& record, const parallel::Communicator& comm) {
  try {
    io::write_json(path, to_json(record), comm);
    return fmt::format("bimetal reactor --state {} replays them", path);
  } catch (const core::RuntimeFailure& failure) {
    return fmt::format("their states are lost, as {}", failure.what());
  }
}

}  // namespace

void require_all_solved(const subproblem::BatchReport& batch, std::int64_t step, const RunConfig& config,
                        const chemistry::Mechanism& mechanism, const core::Signature& signature,
                        const parallel::Communicator& comm) {
  const auto n_failed = comm.sum(std::ssize(batch.failures));
  if (n_failed == 0) return;
  const auto& chemistry = as_reacting_flow(config).chemistry;
  FailureRecord record{.case_name = config.name,
                       .step = step,
                       .n_failed = n_failed,
                       .mechanism_file = chemistry.mechanism,
                       .mechanism_name = mechanism.name,
                       .fingerprint = mechanism.fingerprint(),
                       .solver = chemistry.solver,
                       .reactors = gather_lowest(batch.failures, config, signature, comm)};
  record.solver.integrator = chosen_integrator(record.solver, mechanism.n_species(), signature.dt);
  const auto path = fmt::format("{}/failed_reactors_{:06d}.json", config.output.directory, step);
  const auto advice = write_record(path, record, comm);
  const auto& first = record.reactors.front();
  throw core::RuntimeFailure(fmt::format(
      "physics could not solve {} of the cells (the first: cell {} at T = {:.1f} K: {}); {}; try a smaller "
      "time.step or other chemistry.rtol",
      n_failed, first.cell, first.temperature, first.reason, advice));
}

}  // namespace bimetal::app
