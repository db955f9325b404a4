#pragma once

#include <memory>

#include "app/physics.hpp"
#include "diffusion/two_scale_diffusion.hpp"

namespace bimetal::app {

/// The input of two-scale precipitation: the sections macro and micro.
struct PrecipitationConfig : PhysicsConfig {
  diffusion::DiffusionOptions macro;
  precipitation::GrainCellOptions cell;  // without its scales

  void settle(config::Section& root, const RunConfig& config) override;
  std::unique_ptr<Physics> load(const RunConfig& config, const parallel::Communicator& comm) const override;
};

inline constexpr std::array<std::pair<const char*, grid::Boundary>, 2> precipitation_boundaries{
    {{"periodic", grid::Boundary::periodic}, {"insulated", grid::Boundary::wall}}};

/// Its sections.
const config::Keys& precipitation_keys();
std::shared_ptr<PhysicsConfig> read_precipitation(config::Section& root, const RunConfig& config);

}  // namespace bimetal::app
