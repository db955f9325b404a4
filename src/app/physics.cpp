#include "app/physics.hpp"

#include <array>

#include "app/precipitation_config.hpp"
#include "app/reacting_flow_config.hpp"
#include "app/run_config.hpp"
#include "app/two_scale_config.hpp"

namespace bimetal::app {
namespace {

constexpr std::array entries{PhysicsEntry{"reacting_flow", grid::boundary_names, reacting_flow_keys, read_reacting_flow},
                             PhysicsEntry{"two_scale_conduction", two_scale_boundaries, two_scale_keys, read_two_scale},
                             PhysicsEntry{"two_scale_precipitation", precipitation_boundaries, precipitation_keys,
                                     read_precipitation}};

}  // namespace

std::span<const PhysicsEntry> all_physics() { return entries; }

const PhysicsEntry& choose_physics(config::Section& root) {
  std::vector<std::pair<const char*, const PhysicsEntry*>> choices;
  for (const auto& entry : entries) choices.emplace_back(entry.name, &entry);
  return *root.choice<const PhysicsEntry*>("physics", choices, &entries.front());
}

}  // namespace bimetal::app
