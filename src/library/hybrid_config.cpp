#include "library/hybrid_config.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"
#include "surrogate/signature_json.hpp"

namespace bimetal::library {
namespace {

using config::depends;
using config::Keys;
using config::name_of;
using config::otherwise;
using config::Range;
using config::required;
using config::Section;
namespace type = config::type;

const Range positive = Range::positive();
const surrogate::NetworkOptions usual_network;
const surrogate::TrainingOptions usual_training;
const hybrid::TrainingSchedule usual_schedule;
const control::SwitchOptions usual_switching;

const Keys surrogate_keys{
    {"model",
     type::path,
     "",
     {},
     depends("a new network"),
     "Model file to begin with; it brings its own network and scaling."},
    {"device",
     type::choice(surrogate::devices),
     "",
     {},
     otherwise(name_of(surrogate::devices, usual_network.device)),
     "Where networks compute; the ranks of a node share its GPUs round robin."},
    {"layers", type::integers, "", Range::between(1, 65536),
     depends("[64, 64] up to 12 predicted outputs, [128, 128] up to 60, [192, 192] beyond"),
     "Widths of the hidden layers."},
    {"error_layers", type::integers, "", Range::between(1, 65536), otherwise(usual_network.error_layers),
     "Widths of the hidden layers of the head that predicts the error of an answer."},
    {"second_layers", type::integers, "", Range::between(1, 65536), otherwise(usual_network.second_layers),
     "Widths of the hidden layers of the second network, whose disagreement with the first is a signal of doubt."},
    {"head",
     type::choice(surrogate::heads),
     "",
     {},
     otherwise(name_of(surrogate::heads, usual_network.head)),
     "What the last layer gives: decay and source of each output (relaxation), or its change (increment)."},
    {"knee", type::number, "scales", positive, otherwise(usual_network.knee),
     "Changes below this part of an output's scale are learned absolutely, those above it relatively."},
    {"resolution", type::number, "tolerances", Range::at_least(0.0), otherwise(HybridConfig{}.resolution),
     "How much of a mass fraction the features of the network do not resolve; below 1 small ones are learned relatively."},
};

const Keys training_keys{
    {"placement",
     type::choice(hybrid::placements),
     "",
     {},
     otherwise(name_of(hybrid::placements, usual_schedule.placement)),
     "Who trains: all ranks between two steps (in_situ), ranks that do nothing else (dedicated), or nobody (off)."},
    {"trainer_ranks", type::integer, "", Range::between(1, 1e6), otherwise(usual_schedule.trainer_ranks),
     "How many ranks train, if placement is dedicated."},
    {"patience", type::number, "s", positive, otherwise(usual_schedule.patience),
     "Silence after which dedicated trainers are given up."},
    {"queue_rows", type::integer, "rows", Range::at_least(1), otherwise(usual_schedule.queue_rows),
     "Rows of a rank that are on their way to a dedicated trainer, at most."},
    {"updates_per_step", type::integer, "", Range::at_least(0), otherwise(usual_schedule.updates_per_step),
     "Gradient steps after each time step while there is learning."},
    {"promote_every", type::integer, "steps", Range::at_least(1), otherwise(usual_schedule.promote_every),
     "Time steps between two looks at the candidate, at least."},
    {"calibration_rows", type::integer, "rows", Range::at_least(1), otherwise(usual_schedule.calibration_rows),
     "Rows of each rank that are kept from training, to judge candidates by."},
    {"lost_share", type::number, "1", Range::between(1e-3, 0.999), otherwise(usual_schedule.lost_share),
     "Fall of the share of accepted answers after which learning begins again."},
    {"perturbed", type::number, "1", Range::between(0.0, 1.0), otherwise(usual_schedule.perturbed),
     "Moved copies of rows to learn from while there is learning, solved by physics as well, as a share of the rows "
     "that physics answers."},
    {"batch", type::integer, "rows", Range::at_least(1), otherwise(usual_training.batch),
     "Rows of a gradient step, of all ranks together."},
    {"learning_rate", type::number, "1", Range{0.0, 1.0, true}, otherwise(usual_training.learning_rate),
     "Learning rate of the optimiser (SOAP) at the start."},
    {"learning_rate_end", type::number, "1", Range{0.0, 1.0, true}, otherwise(usual_training.learning_rate_end),
     "Learning rate after decay_updates gradient steps, on a cosine from learning_rate."},
    {"decay_updates", type::integer, "", Range::at_least(1), otherwise(usual_training.decay_updates),
     "Gradient steps until the learning rate has fallen to learning_rate_end."},
    {"replay_capacity", type::integer, "rows", Range::at_least(1), otherwise(usual_training.replay_capacity),
     "Rows that each rank keeps to learn from."},
};

const Keys unit_cost_keys{
    {"physics", type::number, "s", positive, required("1e-4"), "Price of a row that physics solves."},
    {"inference", type::number, "s", Range::at_least(0.0), required("2e-6"),
     "Price of a row that the surrogate is asked about."},
    {"update", type::number, "s", Range::at_least(0.0), required("5e-3"), "Price of a gradient step of one rank."},
};

const Keys switching_keys{
    {"policy",
     type::choice(control::policies),
     "",
     {},
     otherwise(name_of(control::policies, usual_switching.policy)),
     "Who answers: the surrogate as far as audits bear out (certified), up to a fixed score (threshold), wherever "
     "its "
     "answer is physical (always), or physics alone (never)."},
    {"tolerance", type::number, "scales", positive, otherwise(usual_switching.tolerance),
     "Error of an answer, in any of its outputs, above which it is wrong."},
    {"wrong_fraction", type::number, "1", Range::between(1e-6, 0.999), otherwise(usual_switching.wrong_fraction),
     "Share of the accepted answers that may be wrong."},
    {"confidence", type::number, "1", Range::between(0.5, 0.999999), otherwise(usual_switching.confidence),
     "Probability with which the certificate holds."},
    {"max_overhead", type::number, "1", Range::at_least(0.0), otherwise(*usual_switching.max_overhead),
     "How much slower than pure physics the sub-problems may be, one probe aside."},
    {"cost_veto", type::flag, "", {}, otherwise(true), "Whether max_overhead holds; if false, costs decide nothing."},
    {"unit_costs",
     type::section(unit_cost_keys),
     "",
     {},
     depends("measured seconds"),
     "Prices that decide instead of measured seconds, so that a run repeats itself."},
    {"run_tolerance", type::number, "scales", positive, depends("no such limit"),
     "Error that may accumulate over the run; answers are held to a stricter tolerance where it would be exceeded."},
    {"audit_fraction", type::number, "1", Range::between(1e-6, 1.0), otherwise(usual_switching.audit_fraction),
     "Largest chance that an accepted answer is audited; it falls as evidence comes in."},
    {"threshold", type::number, "tolerances", positive, otherwise(usual_switching.threshold),
     "Score up to which answers are accepted under the policy threshold."},
    {"window", type::integer, "steps", Range::at_least(1), otherwise(usual_switching.window),
     "Time steps between two exchanges of evidence among the ranks."},
    {"memory", type::integer, "windows", Range::at_least(1), otherwise(usual_switching.memory),
     "Windows in which evidence fades to a part 1/e."},
    {"verify",
     type::flag,
     "",
     {},
     otherwise(false),
     "Solve all accepted rows by physics as well, only to measure the true wrong fraction; no decision sees it."},
    {"scales", type::table, "", positive, depends("those of the sub-problem, as docs/switching.md says"),
     "What an error of 1 means, by the name of the output, in its unit."},
};

const Keys keys{
    {"surrogate", type::section(surrogate_keys), "", {}, depends("all by default"), "The network."},
    {"training",
     type::section(training_keys),
     "",
     {},
     depends("all by default"),
     "How it learns from the answers of physics."},
    {"switching",
     type::section(switching_keys),
     "",
     {},
     depends("all by default"),
     "When its answers are taken, and how they are checked."},
};

void read_surrogate(Section section, HybridConfig& config) {
  auto& network = config.network;
  if (section.has("model")) config.model = section.path("model");
  network.device = section.choice<surrogate::Device>("device", surrogate::devices);
  if (section.has("layers")) {
    config.layers = section.integers("layers");
    if (config.layers->empty()) section.refuse("layers", "must have one width at least");
  }
  network.error_layers = section.integers("error_layers");
  network.second_layers = section.integers("second_layers");
  network.head = section.choice<surrogate::Head>("head", surrogate::heads);
  network.knee = section.number("knee");
  config.resolution = section.number("resolution");
  section.finish();
}

void read_training(Section section, HybridConfig& config) {
  auto& training = config.training;
  auto& schedule = config.hybrid.schedule;
  schedule.placement = section.choice<hybrid::Placement>("placement", hybrid::placements);
  schedule.trainer_ranks = static_cast<int>(section.integer("trainer_ranks"));
  schedule.patience = section.number("patience");
  schedule.queue_rows = section.integer("queue_rows");
  schedule.updates_per_step = section.integer("updates_per_step");
  schedule.promote_every = section.integer("promote_every");
  schedule.calibration_rows = section.integer("calibration_rows");
  schedule.lost_share = section.number("lost_share");
  schedule.perturbed = section.number("perturbed");
  training.batch = section.integer("batch");
  training.learning_rate = section.number("learning_rate");
  training.learning_rate_end = section.number("learning_rate_end");
  training.decay_updates = section.integer("decay_updates");
  training.replay_capacity = section.integer("replay_capacity");
  section.finish();
}

control::UnitCosts read_unit_costs(Section section) {
  control::UnitCosts costs;
  costs.physics = section.number("physics");
  costs.inference = section.number("inference");
  costs.update = section.number("update");
  section.finish();
  return costs;
}

void read_switching(Section section, HybridConfig& config) {
  auto& switching = config.hybrid.switching;
  switching.policy = section.choice<control::Policy>("policy", control::policies);
  switching.tolerance = section.number("tolerance");
  switching.wrong_fraction = section.number("wrong_fraction");
  switching.confidence = section.number("confidence");
  const double max_overhead = section.number("max_overhead");
  switching.max_overhead = section.flag("cost_veto") ? std::optional(max_overhead) : std::nullopt;
  if (section.has("unit_costs")) switching.unit_costs = read_unit_costs(section.section("unit_costs"));
  if (section.has("run_tolerance")) switching.run_tolerance = section.number("run_tolerance");
  switching.audit_fraction = section.number("audit_fraction");
  switching.threshold = section.number("threshold");
  switching.window = section.integer("window");
  switching.memory = section.integer("memory");
  config.hybrid.verify = section.flag("verify") ? hybrid::Verify::yes : hybrid::Verify::no;
  config.scales = section.table("scales");
  section.finish();
}

}  // namespace

const Keys& hybrid_keys() { return keys; }

void read_hybrid_config(Section& root, HybridConfig& config) {
  config.network.seed = config.hybrid.seed;
  read_surrogate(root.section("surrogate"), config);
  read_training(root.section("training"), config);
  read_switching(root.section("switching"), config);
  config.network.resolution = config.resolution * config.hybrid.switching.tolerance;
  config.hybrid.schedule.resolution = config.network.resolution;
  config.training.tolerance = config.hybrid.switching.tolerance;
}

surrogate::NetworkOptions network_for(const HybridConfig& config, std::size_t n_predicted) {
  auto network = config.network;
  const std::int64_t width = n_predicted <= 12 ? 64 : n_predicted <= 60 ? 128 : 192;
  network.layers = config.layers.value_or(std::vector<std::int64_t>{width, width});
  return network;
}

surrogate::Surrogate make_surrogate(const HybridConfig& config, const core::Signature& signature,
                                    const parallel::Communicator& comm) {
  const auto n_predicted =
      std::ranges::count_if(signature.outputs, [](const auto& output) { return !output.derived; });
  const auto network = network_for(config, static_cast<std::size_t>(n_predicted));
  if (!config.model) return surrogate::Surrogate(signature, network, config.training, comm);
  return surrogate::Surrogate(signature, surrogate::ModelFile(*config.model, comm), network, config.training, comm);
}

std::string describe_columns(const HybridConfig& config, const core::Signature& signature) {
  auto described = surrogate::signature_to_json(signature);
  described["knee"] = config.network.knee;
  described["resolution"] = config.network.resolution;
  return described.dump();
}

void apply_scales(const HybridConfig& config, std::span<const std::string> names, std::span<double> scales) {
  for (const auto& [name, scale] : config.scales) {
    const auto found = core::find_name(name, names);
    if (found.size() > 1)
      throw core::UserError::format("switching.scales names {}, which may be {} or {}; write it as one of them",
                                    core::one_line(name, 80), names[found[0]], names[found[1]]);
    if (found.empty()) {
      const auto close = core::nearest(name, {names.begin(), names.end()});
      throw core::UserError::format("switching.scales names {}, which is no output{}; outputs are {}",
                                    core::one_line(name, 80), close.empty() ? "" : " (did you mean " + close + "?)",
                                    fmt::join(names, ", "));
    }
    scales[found.front()] = scale;
  }
}

}  // namespace bimetal::library
