#include "app/run_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "config/document.hpp"
#include "core/error.hpp"

namespace bimetal::app {
namespace {

using config::Range;
using config::Section;

constexpr std::int64_t default_data_rows = 2000;

TimeConfig read_time(Section section) {
  TimeConfig time;
  time.end = section.number("end", Range::positive());
  if (section.has("step")) {
    time.step = section.number("step", Range::positive());
    const double steps = std::round(time.end / *time.step);
    if (steps < 1.0 || std::abs(steps * *time.step - time.end) > 1e-6 * *time.step)
      section.refuse("end", fmt::format("must be a whole number of time steps of {} s", *time.step));
  } else {
    if (!section.has("largest_step"))
      section.refuse("step", "must be given, or time.largest_step for steps that are chosen by the limits below it");
    time.largest_step = section.number("largest_step", Range::positive());
    time.courant = section.number("courant", Range::between(0.01, 0.5), time.courant);
    time.expansion = section.number("expansion", Range::between(1e-3, 1.0), time.expansion);
  }
  if (section.has("wall_limit")) time.wall_limit = section.number("wall_limit", Range::positive());
  section.finish();
  return time;
}

hybrid::Faults read_faults(Section section) {
  hybrid::Faults faults;
  const auto read = [&](const char* key, std::optional<std::int64_t>& fault) {
    if (section.has(key)) fault = section.integer(key, Range::at_least(0));
  };
  read("weights_nan_at", faults.weights_nan_at);
  read("trainer_silent_at", faults.trainer_silent_at);
  read("trainer_hangs_at", faults.trainer_hangs_at);
  read("trainer_throws_at", faults.trainer_throws_at);
  read("reactor_fails_at", faults.reactor_fails_at);
  read("rank_throws_at", faults.rank_throws_at);
  read("rank_fails_at", faults.rank_fails_at);
  read("state_nan_at", faults.state_nan_at);
  section.finish();
  return faults;
}

}  // namespace

RunConfig read_run_config(const std::string& path, std::span<const std::string> settings,
                          const parallel::Communicator& comm) {
  const config::Document document(config::read_text(path, "input file", comm), path, settings);
  auto root = document.root();
  RunConfig config;
  config.name = root.text("case");
  config.seed = config.hybrid.seed = static_cast<std::uint64_t>(root.integer("seed", Range::at_least(0), 1));
  const auto& physics = choose_physics(root);
  config.grid = read_grid(root.section("grid"), physics.boundaries);
  config.time = read_time(root.section("time"));
  config.physics = physics.read(root, config);
  library::read_hybrid_config(root, config);
  config.physics->settle(root, config);
  config.hybrid.faults = read_faults(root.section("faults"));
  config.hybrid.expected_steps =
      static_cast<std::int64_t>(std::ceil(config.time.end / config.time.step.value_or(config.time.largest_step)));
  auto output = root.section("output");
  config.output.directory = output.text("directory", "out/" + config.name);
  config.output.fields_every = output.integer("fields_every", Range::at_least(0), config.output.fields_every);
  config.output.observables_every =
      output.integer("observables_every", Range::at_least(1), config.output.observables_every);
  const bool data = output.flag("data", false);
  const auto data_rows = output.integer("data_rows", Range::at_least(1), default_data_rows);
  if (data) config.output.data_rows = data_rows;
  config.hybrid.keeps_rows = data;
  config.output.checkpoint_every =
      output.integer("checkpoint_every", Range::at_least(0), config.output.checkpoint_every);
  config.output.checkpoint_minutes =
      output.number("checkpoint_minutes", Range::at_least(0.0), config.output.checkpoint_minutes);
  output.finish();
  root.finish();
  config.resolved = document.resolved();
  return config;
}

}  // namespace bimetal::app
