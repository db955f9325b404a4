// What halving and doubling the constants of the switching does to a run, in the situations of tests/control.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "../control/situations.hpp"

namespace bimetal::benchmarks {
namespace {

using control::SwitchOptions;
using control::harness::Situation;

struct Constant {
  const char* name;
  void (*scale)(SwitchOptions&, double factor);
  void (*remove)(SwitchOptions&) =
      nullptr;  // as if there were no such rule; null where the rest makes no sense without it
};

constexpr double infinity = std::numeric_limits<double>::infinity();

const std::vector<Constant> constants{
    {"aimed (1.15 instead of 2 times)", [](auto& o, double f) { o.rules.aimed *= f > 1.0 ? 1.15 : f; }},
    {"least_target", [](auto& o, double f) { o.rules.least_target *= f; },
     [](auto& o) { o.rules.least_target = 0.0; }},
    {"largest_target", [](auto& o, double f) { o.rules.largest_target *= f; },
     [](auto& o) { o.rules.largest_target = infinity; }},
    {"windows_ahead", [](auto& o, double f) { o.rules.windows_ahead *= f; },
     [](auto& o) { o.rules.windows_ahead = 0.0; }},
    {"findings_ahead", [](auto& o, double f) { o.rules.findings_ahead *= f; },
     [](auto& o) { o.rules.findings_ahead = 0.0; }},
    {"enough_audits", [](auto& o, double f) { o.rules.enough_audits *= f; },
     [](auto& o) { o.rules.enough_audits = 0.0; }},
    {"rare_audits", [](auto& o, double f) { o.rules.rare_audits *= f; }, [](auto& o) { o.rules.rare_audits = 1.0; }},
    {"steps_between_false_alarms", [](auto& o, double f) { o.rules.steps_between_false_alarms *= f; },
     [](auto& o) { o.rules.steps_between_false_alarms = infinity; }},
    {"audit_fraction", [](auto& o, double f) { o.audit_fraction *= f; }},
    {"memory", [](auto& o, double f) { o.memory = static_cast<std::int64_t>(f * static_cast<double>(o.memory)); },
     [](auto& o) { o.memory = 1'000'000; }},
};

/// Means over the seeds of one situation.
struct Result {
  double kept = 0.0, covered = 0.0;                   // shares of the seeds
  double accepted = 0.0, audited = 0.0, slack = 0.0;  // share of the rows; bound less truth
};

Result run(const Situation& situation, SwitchOptions options, int n_seeds) {
  options.wrong_fraction = situation.alpha;
  Result result;
  for (int seed = 1; seed <= n_seeds; ++seed) {
    const auto outcome = control::harness::run(situation.plan, options, static_cast<std::uint64_t>(seed));
    result.kept += (outcome.wrong_fraction() <= situation.alpha) / static_cast<double>(n_seeds);
    result.covered += outcome.covered / static_cast<double>(n_seeds);
    result.accepted += outcome.acceptance() / n_seeds;
    result.audited += static_cast<double>(outcome.audited) / static_cast<double>(outcome.rows) / n_seeds;
    result.slack += (outcome.certificate.upper_bound - outcome.wrong_fraction()) / n_seeds;
  }
  return result;
}

/// All situations, shared among threads.
std::vector<Result> run_all(const std::vector<Situation>& situations, const SwitchOptions& options, int n_seeds,
                            unsigned n_threads) {
  std::vector<Result> results(situations.size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (unsigned t = 0; t < n_threads; ++t)
    threads.emplace_back([&] {
      for (std::size_t i = next++; i < situations.size(); i = next++)
        results[i] = run(situations[i], options, n_seeds);
    });
  threads.clear();
  return results;
}

/// One line for each alpha: the worst shares of seeds, then what is accepted by situation.
void report(const std::string& what, const std::vector<Situation>& situations, const std::vector<Result>& results) {
  for (std::size_t first = 0; first < situations.size();) {
    const double alpha = situations[first].alpha;
    double kept = 1.0, covered = 1.0, slack = 0.0, audited = 0.0;
    std::string accepted;
    std::size_t i = first;
    for (; i < situations.size() && situations[i].alpha == alpha; ++i) {
      kept = std::min(kept, results[i].kept);
      covered = std::min(covered, results[i].covered);
      audited = std::max(audited, results[i].audited);
      if (results[i].accepted > 0.0) slack = std::max(slack, results[i].slack);
      accepted += fmt::format(" {:.1f} |", 100.0 * results[i].accepted);
    }
    fmt::print("| {} | {:.0f} | {:.0f} | {:.0f} |{} {:.1f} | {:.2f} |\n", what, 100.0 * alpha, 100.0 * kept,
               100.0 * covered, accepted, 100.0 * audited, 100.0 * slack);
    first = i;
  }
  std::fflush(stdout);
}

}  // namespace
}  // namespace bimetal::benchmarks

int main(int argc, char** argv) {
  using namespace bimetal;
  int n_seeds = 25;
  unsigned n_threads = std::max(1u, std::thread::hardware_concurrency());
  CLI::App app("Halves and doubles the constants of the switching, one at a time.");
  app.add_option("--seeds", n_seeds, "of every situation")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--threads", n_threads)->check(CLI::PositiveNumber)->capture_default_str();
  auto n_steps = control::harness::Plan().steps;
  app.add_option("--steps", n_steps, "of every run")->check(CLI::PositiveNumber)->capture_default_str();
  bool absence_only = false;
  app.add_flag("--absence-only", absence_only, "only leave them out, one at a time");
  CLI11_PARSE(app, argc, argv);

  auto situations = control::harness::situations();
  for (auto& situation : situations) situation.plan.steps = n_steps;
  std::string names, line;
  for (const auto& situation : situations) {
    if (situation.alpha != situations.front().alpha) break;
    names += fmt::format(" {} |", situation.name);
    line += " ---: |";
  }
  fmt::print(
      "| constant | alpha [%] | kept, worst [%] | covered, worst [%] |{} most audited [%] | largest slack [points] "
      "|\n",
      names);
  fmt::print("| --- | ---: | ---: | ---: |{} ---: | ---: |\n", line);
  benchmarks::report("as they are", situations, benchmarks::run_all(situations, {}, n_seeds, n_threads));
  const auto try_out = [&](const std::string& what, const control::SwitchOptions& options) {
    benchmarks::report(what, situations, benchmarks::run_all(situations, options, n_seeds, n_threads));
  };
  for (const auto& constant : benchmarks::constants) {
    if (constant.remove) {
      control::SwitchOptions options;
      constant.remove(options);
      try_out(fmt::format("without {}", constant.name), options);
    }
    if (absence_only) continue;
    for (const double factor : {0.5, 2.0}) {
      control::SwitchOptions options;
      constant.scale(options, factor);
      try_out(fmt::format("{} · {}", constant.name, factor), options);
    }
  }
}
