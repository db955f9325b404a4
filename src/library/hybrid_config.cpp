#include "library/hybrid_config.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"
#include "surrogate/signature_json.hpp"

namespace bimetal::library {
namespace {

using config::Range;
using config::Section;

void read_surrogate(Section section, HybridConfig& config) {
  auto& network = config.network;
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

void read_training(Section section, HybridConfig& config) {
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

void read_switching(Section section, HybridConfig& config) {
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

void read_hybrid_config(Section& root, HybridConfig& config) {
  config.network.seed = config.hybrid.seed;
  read_surrogate(root.section("surrogate"), config);
  read_training(root.section("training"), config);
  read_switching(root.section("switching"), config);
  config.network.resolution = config.resolution * config.hybrid.switching.tolerance;
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
