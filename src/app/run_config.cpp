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

void read_surrogate(Section section, RunConfig& config) {
  auto& network = config.network;
  network.seed = config.seed;
  if (section.has("model")) config.model = section.path("model");
  network.device = section.choice<surrogate::Device>("device", surrogate::devices, network.device);
  if (section.has("layers")) {
    config.layers = section.integers("layers", Range::between(1, 65536));
    if (config.layers->empty()) section.refuse("layers", "must have one width at least");
  }
  network.error_layers = section.integers("error_layers", Range::between(1, 65536), network.error_layers);
  network.second_layers = section.integers("second_layers", Range::between(1, 65536), network.second_layers);
  network.head = section.choice<surrogate::Head>("head", surrogate::heads, network.head);
  network.knee = section.number("knee", Range::positive(), network.knee);
  config.resolution = section.number("resolution", Range::at_least(0.0), config.resolution);
  section.finish();
}

void read_training(Section section, RunConfig& config) {
  auto& training = config.training;
  auto& schedule = config.hybrid.schedule;
  schedule.placement = section.choice<hybrid::Placement>("placement", hybrid::placements, schedule.placement);
  schedule.trainer_ranks =
      static_cast<int>(section.integer("trainer_ranks", Range::between(1, 1e6), schedule.trainer_ranks));
  schedule.patience = section.number("patience", Range::positive(), schedule.patience);
  schedule.queue_rows = section.integer("queue_rows", Range::at_least(1), schedule.queue_rows);
  schedule.updates_per_step = section.integer("updates_per_step", Range::at_least(0), schedule.updates_per_step);
  schedule.promote_every = section.integer("promote_every", Range::at_least(1), schedule.promote_every);
  schedule.calibration_rows = section.integer("calibration_rows", Range::at_least(1), schedule.calibration_rows);
  schedule.lost_share = section.number("lost_share", Range::between(1e-3, 0.999), schedule.lost_share);
  schedule.perturbed = section.number("perturbed", Range::between(0.0, 1.0), schedule.perturbed);
  training.batch = section.integer("batch", Range::at_least(1), training.batch);
  training.learning_rate = section.number("learning_rate", Range{0.0, 1.0, true}, training.learning_rate);
  training.learning_rate_end = section.number("learning_rate_end", Range{0.0, 1.0, true}, training.learning_rate_end);
  training.decay_updates = section.integer("decay_updates", Range::at_least(1), training.decay_updates);
  training.replay_capacity = section.integer("replay_capacity", Range::at_least(1), training.replay_capacity);
  section.finish();
}

control::UnitCosts read_unit_costs(Section section) {
  control::UnitCosts costs;
  costs.physics = section.number("physics", Range::positive());
  costs.inference = section.number("inference", Range::at_least(0.0));
  costs.update = section.number("update", Range::at_least(0.0));
  section.finish();
  return costs;
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

void read_switching(Section section, RunConfig& config) {
  auto& switching = config.hybrid.switching;
  switching.policy = section.choice<control::Policy>("policy", control::policies, switching.policy);
  switching.tolerance = section.number("tolerance", Range::positive(), switching.tolerance);
  switching.wrong_fraction = section.number("wrong_fraction", Range::between(1e-6, 0.999), switching.wrong_fraction);
  switching.confidence = section.number("confidence", Range::between(0.5, 0.999999), switching.confidence);
  const double max_overhead = section.number("max_overhead", Range::at_least(0.0), *switching.max_overhead);
  switching.max_overhead = section.flag("cost_veto", true) ? std::optional(max_overhead) : std::nullopt;
  if (section.has("unit_costs")) switching.unit_costs = read_unit_costs(section.section("unit_costs"));
  if (section.has("run_tolerance")) switching.run_tolerance = section.number("run_tolerance", Range::positive());
  switching.audit_fraction = section.number("audit_fraction", Range::between(1e-6, 1.0), switching.audit_fraction);
  switching.threshold = section.number("threshold", Range::positive(), switching.threshold);
  switching.window = section.integer("window", Range::at_least(1), switching.window);
  switching.memory = section.integer("memory", Range::at_least(1), switching.memory);
  config.hybrid.verify = section.flag("verify", false) ? hybrid::Verify::yes : hybrid::Verify::no;
  config.scales = section.table("scales", Range::positive());
  section.finish();
}

}  // namespace

surrogate::NetworkOptions network_for(const RunConfig& config, std::size_t n_predicted) {
  auto network = config.network;
  const std::int64_t width = n_predicted <= 12 ? 64 : n_predicted <= 60 ? 128 : 192;
  network.layers = config.layers.value_or(std::vector<std::int64_t>{width, width});
  return network;
}

RunConfig read_run_config(const std::string& path, std::span<const std::string> settings,
                          const parallel::Communicator& comm) {
  const config::Document document(config::read_text(path, "input file", comm), path, settings);
  auto root = document.root();
  RunConfig config;
  config.name = root.text("case");
  config.seed = static_cast<std::uint64_t>(root.integer("seed", Range::at_least(0), 1));
  config.hybrid.seed = config.seed;
  const auto& physics = choose_physics(root);
  config.grid = read_grid(root.section("grid"), physics.boundaries);
  config.time = read_time(root.section("time"));
  config.physics = physics.read(root, config);
  read_surrogate(root.section("surrogate"), config);
  read_training(root.section("training"), config);
  read_switching(root.section("switching"), config);
  config.network.resolution = config.resolution * config.hybrid.switching.tolerance;
  config.training.tolerance = config.hybrid.switching.tolerance;
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
