#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "flow/initial.hpp"
#include "grid/structured_grid.hpp"

namespace bimetal::flow {

/// The box an initial condition fills; a copy, so that nothing outlives its owner.
struct Box {
  int dimensions;
  Position lower, length;
  std::array<bool, 3> periodic;

  explicit Box(const grid::StructuredGrid& grid)
      : dimensions(grid.extents().dimensions), lower(grid.extents().lower) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      length[axis] = grid.extents().upper[axis] - lower[axis];
      periodic[axis] = grid.periodic(static_cast<int>(axis));
    }
  }

  double middle(std::size_t axis) const { return lower[axis] + 0.5 * length[axis]; }
  double upper(std::size_t axis) const { return lower[axis] + length[axis]; }
  bool holds(std::size_t axis, double x) const { return x >= lower[axis] && x <= upper(axis); }

  /// Between two coordinates on one axis, the shorter way round if it is periodic [m].
  double distance(std::size_t axis, double a, double b) const {
    const double along = std::abs(a - b);
    return periodic[axis] ? std::min(along, length[axis] - along) : along;
  }
  double distance(const Position& a, const Position& b) const {
    double squared = 0.0;
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(dimensions); ++axis) {
      const double along = distance(axis, a[axis], b[axis]);
      squared += along * along;
    }
    return std::sqrt(squared);
  }
};

}  // namespace bimetal::flow
