#include "app/physics.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "app/precipitation_config.hpp"
#include "app/reacting_flow_config.hpp"
#include "app/run_config.hpp"
#include "app/two_scale_config.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace bimetal::app {
namespace {

constexpr std::array entries{PhysicsEntry{"reacting_flow", grid::boundary_names, read_reacting_flow},
                             PhysicsEntry{"two_scale_conduction", two_scale_boundaries, read_two_scale},
                             PhysicsEntry{"two_scale_precipitation", precipitation_boundaries, read_precipitation}};

}  // namespace

const PhysicsEntry& choose_physics(config::Section& root) {
  std::vector<std::pair<const char*, const PhysicsEntry*>> choices;
  for (const auto& entry : entries) choices.emplace_back(entry.name, &entry);
  return *root.choice<const PhysicsEntry*>("physics", choices, &entries.front());
}

void apply_scales(const RunConfig& config, std::span<const std::string> names, std::span<double> scales) {
  for (const auto& [name, scale] : config.scales) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
      const auto close = core::nearest(name, {names.begin(), names.end()});
      throw core::UserError::format("switching.scales names {}, which is no output{}; outputs are {}",
                                    core::one_line(name, 80), close.empty() ? "" : " (did you mean " + close + "?)",
                                    fmt::join(names, ", "));
    }
    scales[static_cast<std::size_t>(found - names.begin())] = scale;
  }
}

}  // namespace bimetal::app
