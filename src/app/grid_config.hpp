#pragma once

#include <span>
#include <utility>

#include "config/section.hpp"
#include "grid/options.hpp"

namespace bimetal::app {

/// What the ends of an axis are called in the input of a physics.
using BoundaryNames = std::span<const std::pair<const char*, grid::Boundary>>;

const config::Keys& grid_keys();

/// The section `grid`.
grid::GridOptions read_grid(config::Section section, BoundaryNames names);

}  // namespace bimetal::app
