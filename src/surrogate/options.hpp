#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace bimetal::surrogate {

/// Where networks compute. Ranks of a node share its GPUs round robin.
enum class Device {
  automatic,  // a GPU if LibTorch finds one and a short race says that it is faster
  cpu,
  cuda,
};
inline constexpr std::pair<const char*, Device> devices[] = {
    {"auto", Device::automatic}, {"cpu", Device::cpu}, {"cuda", Device::cuda}};

/// What the last layers of a network say.
enum class Head {
  increment,   // out = base + q
  relaxation,  // out = (1 - s)·base + q with s in (0, 1): what production and destruction do over a step. A species that
               // lives for less than the step forgets its input without the network having to undo the power of
               // its feature.
};
inline constexpr std::pair<const char*, Head> heads[] = {{"relaxation", Head::relaxation},
                                                         {"increment", Head::increment}};

/// The network. Defaults are for small mechanisms.
struct NetworkOptions {
  std::vector<std::int64_t> layers{128, 128};       // widths of the hidden layers; GELU between them
  std::vector<std::int64_t> error_layers{32};       // widths of the error head's hidden layers
  std::vector<std::int64_t> second_layers{48, 48};  // widths of the second network's hidden layers
  Head head = Head::relaxation;                     // of both networks
  double knee = 1.0;                                // increments below this part of a scale are learned absolutely,
                                                    // above it relatively; > 0
  double resolution = 4e-3;                         // part of a scale that features of mass fractions do not resolve;
                                                    // a few tolerances; >= 0
  std::uint64_t seed = 1;                           // of the initial weights
  Device device = Device::automatic;
  int threads = 1;  // of this rank
};

struct TrainingOptions {
  double tolerance = 1e-3;                // part of a scale: the unit that errors are learned in; > 0
  std::int64_t batch = 512;               // rows per gradient step, of all ranks together
  double learning_rate = 1e-2;            // of the optimiser (SOAP), at the start
  double learning_rate_end = 5e-4;        // reached after `decay_updates`, cosine in between
  std::int64_t decay_updates = 2500;      // gradient steps
  std::int64_t replay_capacity = 100000;  // rows per rank
};

}  // namespace bimetal::surrogate
