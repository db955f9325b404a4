#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "core/signature.hpp"
#include "hybrid/hybrid_options.hpp"
#include "parallel/communicator.hpp"
#include "surrogate/options.hpp"
#include "surrogate/surrogate.hpp"

namespace bimetal::library {

/// What an input says about surrogate, training and switching, whoever's sub-problems they serve.
struct HybridConfig {
  surrogate::NetworkOptions network;                // its layers: see network_for()
  std::optional<std::vector<std::int64_t>> layers;  // of the network; nothing: as many as the outputs ask for
  double resolution = 4.0;                          // of the features of mass fractions [tolerances]; >= 0
  std::optional<std::string> model;  // path of a model file to begin with; it brings its own network and scaling
  surrogate::TrainingOptions training;
  hybrid::HybridOptions hybrid;
  std::map<std::string, double> scales;  // by output name, instead of what the kind says
};

/// The sections surrogate, training and switching, with all their keys.
const config::Keys& hybrid_keys();

/// Reads the sections surrogate, training and switching. config.hybrid.seed is known already. UserError. Local.
void read_hybrid_config(config::Section& root, HybridConfig& config);

/// The network's options, its layers as wide as so many predicted outputs ask for unless the input says otherwise:
/// 64, 64 up to 12 outputs, 128, 128 up to 60, 192, 192 beyond. Local.
surrogate::NetworkOptions network_for(const HybridConfig& config, std::size_t n_predicted);

/// The surrogate a run starts with, alike on all ranks of comm, be it those that solve or those that train.
/// Collective.
surrogate::Surrogate make_surrogate(const HybridConfig& config, const core::Signature& signature,
                                    const parallel::Communicator& comm);

/// What a data set of such rows says about its columns, as JSON (docs/models.md): the signature, and how a network is
/// to look at it. Local.
std::string describe_columns(const HybridConfig& config, const core::Signature& signature);

/// What an error of 1 means for each output: `scales`, but for those that the input gives in switching.scales.
/// UserError if that names no output. Local.
void apply_scales(const HybridConfig& config, std::span<const std::string> names, std::span<double> scales);

}  // namespace bimetal::library
