#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "config/section.hpp"
#include "grid/options.hpp"

namespace bimetal::app {

/// What sections about single ends of the box are called: all six, for tables of keys, and the one of an axis (0 to
/// 2) and an end (0: lower, 1: upper).
inline constexpr const char* end_names = "x_lower|x_upper|y_lower|y_upper|z_lower|z_upper";
std::string end_name(std::size_t axis, std::size_t end);

/// What the ends of an axis are called in the input of a physics.
using BoundaryNames = std::span<const std::pair<const char*, grid::Boundary>>;

const config::Keys& grid_keys();

/// The section `grid`.
grid::GridOptions read_grid(config::Section section, BoundaryNames names);

}  // namespace bimetal::app
