#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/clock.hpp"
#include "app/physics.hpp"
#include "grid/options.hpp"
#include "library/hybrid_config.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::app {

struct OutputConfig {
  std::string directory;
  std::int64_t fields_every = 0;          // steps between snapshots; 0: only the first and the last state
  std::int64_t checkpoint_every = 0;      // steps between checkpoints, and one at the end; 0: none of these
  double checkpoint_minutes = 30.0;       // wall time between checkpoints; 0: none by the clock
  std::int64_t observables_every = 10;    // steps between lines of observables.csv
  std::optional<std::int64_t> data_rows;  // of each step at most, in data.h5; nothing: no such file
};

/// Everything a run is told, one plain structure per module.
struct RunConfig : library::HybridConfig {
  std::string name;
  std::uint64_t seed = 1;
  grid::GridOptions grid;
  TimeConfig time;
  std::shared_ptr<PhysicsConfig> physics;
  OutputConfig output;
  std::string resolved;  // all of it as YAML, with the defaults filled in
};

/// The keys of the top level of an input of such a physics, and within them those of its sections.
std::vector<const config::Keys*> input_keys(const PhysicsEntry& physics);

/// Reads and validates an input. Throws UserError alike on all ranks. Collective.
RunConfig read_run_config(const std::string& path, std::span<const std::string> settings,
                          const parallel::Communicator& comm);

}  // namespace bimetal::app
