#include "app/run_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "config/document.hpp"
#include "core/error.hpp"

namespace bimetal::app {
namespace {

using config::depends;
using config::Keys;
using config::otherwise;
using config::Range;
using config::required;
using config::Section;
namespace type = config::type;

const TimeConfig usual_time;
const OutputConfig usual_output;

const Keys time_keys{
    {"end", type::number, "s", Range::positive(), required("2e-4"), "Time at which the run ends."},
    {"step", type::number, "s", Range::positive(), required("1e-6", "unless time.largest_step is given"),
     "Time step of the splitting; end is a whole number of them."},
    {"largest_step", type::number, "s", Range::positive(), depends("all steps are time.step"),
     "Largest step, where steps are chosen by courant and expansion."},
    {"courant", type::number, "1", Range::between(0.01, 0.5), otherwise(usual_time.courant),
     "Largest Courant number of a chosen step, summed over the axes."},
    {"expansion", type::number, "1", Range::between(1e-3, 1.0), otherwise(usual_time.expansion),
     "Largest relative growth of a volume in a chosen step."},
    {"wall_limit", type::number, "s", Range::positive(), depends("none, or the batch job's"),
     "Wall time of the program, near which it saves its state and stops."},
};

const Keys fault_keys{
    {"weights_nan_at", type::integer, "step", Range::at_least(0), depends("never"),
     "Step at which all weights of the surrogate become NaN."},
    {"trainer_silent_at", type::integer, "candidate", Range::at_least(0), depends("never"),
     "Candidate after which dedicated trainers stop their work."},
    {"trainer_hangs_at", type::integer, "candidate", Range::at_least(0), depends("never"),
     "Candidate after which they do not even notice the end."},
    {"trainer_throws_at", type::integer, "candidate", Range::at_least(0), depends("never"),
     "Candidate after which they throw."},
    {"reactor_fails_at", type::integer, "step", Range::at_least(0), depends("never"),
     "Step from which on physics cannot solve one row of each rank."},
    {"rank_throws_at", type::integer, "step", Range::at_least(0), depends("never"),
     "Step in which the last rank that solves meets a bug."},
    {"rank_fails_at", type::integer, "step", Range::at_least(0), depends("never"),
     "Step in which a library fails on that rank alone."},
    {"state_nan_at", type::integer, "step", Range::at_least(0), depends("never"),
     "Step after which the cell in the middle has no temperature."},
};

const Keys output_keys{
    {"directory",
     type::text,
     "",
     {},
     depends("out/ and the name of the case"),
     "Where the run's files go, relative to the current folder."},
    {"fields_every", type::integer, "steps", Range::at_least(0), otherwise(usual_output.fields_every),
     "Steps between two snapshots; 0: only the first and the last state."},
    {"observables_every", type::integer, "steps", Range::at_least(1), otherwise(usual_output.observables_every),
     "Steps between two lines of observables.csv."},
    {"data", type::flag, "", {}, otherwise(false), "Whether what physics answers is kept in data.h5, for training."},
    {"data_rows", type::integer, "rows", Range::at_least(1), otherwise(std::int64_t{2000}),
     "Rows of a step at most that go into data.h5."},
    {"checkpoint_every", type::integer, "steps", Range::at_least(0), otherwise(usual_output.checkpoint_every),
     "Steps between two checkpoints, and one at the end; 0: none of these."},
    {"checkpoint_minutes", type::number, "min", Range::at_least(0.0), otherwise(usual_output.checkpoint_minutes),
     "Wall time between two checkpoints; 0: none by the clock."},
};

config::Type physics_names() {
  config::Type names{"name"};
  for (const auto& entry : all_physics()) names.choices.emplace_back(entry.name);
  return names;
}

/// The keys of the top level, without the sections of the physics and the hybrid.
const Keys& common_keys() {
  static const Keys keys{
      {"case",
       type::text,
       "",
       {},
       required("my_case"),
       "Name of the case, for logs, files and the output directory."},
      {"physics", physics_names(), "", {}, otherwise(all_physics().front().name), "Which physics the run is of."},
      {"seed", type::integer, "", Range::at_least(0), otherwise(RunConfig{}.seed),
       "Seed of weights, audits and replay."},
      {"grid", type::section(grid_keys()), "", {}, required(""), "The box and its cells."},
      {"time", type::section(time_keys), "", {}, required(""), "Time and its steps."},
      {"output", type::section(output_keys), "", {}, depends("all by default"), "What is written."},
      {"faults",
       type::section(fault_keys),
       "",
       {},
       depends("none"),
       "Damage done on purpose, to try what guards against it (docs/failures.md). Steps count from 0."},
  };
  return keys;
}

TimeConfig read_time(Section section) {
  TimeConfig time;
  time.end = section.number("end");
  if (section.has("step")) {
    time.step = section.number("step");
    const double steps = std::round(time.end / *time.step);
    if (steps < 1.0 || std::abs(steps * *time.step - time.end) > 1e-6 * *time.step)
      section.refuse("end", fmt::format("must be a whole number of time steps of {} s", *time.step));
  } else {
    if (!section.has("largest_step"))
      section.refuse("step", "must be given, or time.largest_step for steps that are chosen by the limits below it");
    time.largest_step = section.number("largest_step");
    time.courant = section.number("courant");
    time.expansion = section.number("expansion");
  }
  if (section.has("wall_limit")) time.wall_limit = section.number("wall_limit");
  section.finish();
  return time;
}

hybrid::Faults read_faults(Section section) {
  hybrid::Faults faults;
  const auto read = [&](const char* key, std::optional<std::int64_t>& fault) {
    if (section.has(key)) fault = section.integer(key);
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

std::vector<const Keys*> input_keys(const PhysicsEntry& physics) {
  return {&common_keys(), &physics.keys(), &library::hybrid_keys()};
}

RunConfig read_run_config(const std::string& path, std::span<const std::string> settings,
                          const parallel::Communicator& comm) {
  const config::Document document(config::read_text(path, "input file", comm), path, settings);
  auto root = document.root(common_keys());
  RunConfig config;
  config.name = root.text("case");
  config.seed = config.hybrid.seed = static_cast<std::uint64_t>(root.integer("seed"));
  const auto& physics = choose_physics(root);
  for (const auto* keys : input_keys(physics)) root.add(*keys);
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
  config.output.fields_every = output.integer("fields_every");
  config.output.observables_every = output.integer("observables_every");
  const bool data = output.flag("data");
  const auto data_rows = output.integer("data_rows");
  if (data) config.output.data_rows = data_rows;
  config.hybrid.keeps_rows = data;
  config.output.checkpoint_every = output.integer("checkpoint_every");
  config.output.checkpoint_minutes = output.number("checkpoint_minutes");
  output.finish();
  root.finish();
  config.resolved = document.resolved();
  return config;
}

}  // namespace bimetal::app
