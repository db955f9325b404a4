#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/clock.hpp"
#include "app/physics.hpp"
#include "grid/options.hpp"
#include "hybrid/hybrid_options.hpp"
#include "parallel/communicator.hpp"
#include "surrogate/options.hpp"

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
struct RunConfig {
  std::string name;
  std::uint64_t seed = 1;
  grid::GridOptions grid;
  TimeConfig time;
  std::shared_ptr<PhysicsConfig> physics;
  surrogate::NetworkOptions network;                // its layers: see network_for()
  std::optional<std::vector<std::int64_t>> layers;  // of the network; nothing: as many as the outputs ask for
  double resolution = 4.0;                          // of the features of mass fractions [tolerances]; >= 0
  std::optional<std::string> model;  // path of a model file to begin with; it brings its own network and scaling
  surrogate::TrainingOptions training;
  hybrid::HybridOptions hybrid;
  std::map<std::string, double> scales;  // by output name, instead of what physics finds
  OutputConfig output;
  std::string resolved;  // all of it as YAML, with the defaults filled in
};

/// The network's options, its layers as wide as so many predicted outputs ask for unless the input says otherwise:
/// 64, 64 up to 12 outputs, 128, 128 up to 60, 192, 192 beyond. Local.
surrogate::NetworkOptions network_for(const RunConfig& config, std::size_t n_predicted);

/// Reads and validates an input. Throws UserError alike on all ranks. Collective.
RunConfig read_run_config(const std::string& path, std::span<const std::string> settings,
                          const parallel::Communicator& comm);

}  // namespace bimetal::app
