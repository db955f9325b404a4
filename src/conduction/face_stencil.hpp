#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "conduction/options.hpp"
#include "grid/face_grid.hpp"
#include "grid/structured_grid.hpp"

namespace bimetal::conduction {

/// How much a face's temperature (0) and its gradient (1 + axis) [1/m] depend on one value.
struct Influence {
  std::int32_t value = 0;           // a cell of the array with ghosts, or beyond these the end 2 * axis + (0 or 1)
  std::array<double, 4> weights{};  // of temperature and gradient
};

/// A face that this rank asks the flux of.
struct Face {
  int axis = 0;                               // that it is normal to
  std::int64_t id = 0;                        // global, the same on any number of ranks
  std::int64_t point = 0;                     // among the owned points of the face grid
  std::array<double, 3> position{};           // of its centre [m]
  std::array<std::int32_t, 2> cells{-1, -1};  // below and above, with ghosts; -1: beyond an end
  std::vector<Influence> influences{};        // every value once
};

/// All faces of this rank that have a flux: the lower ones of its cells along every axis, x first, and the upper one
/// at a fixed end; none at insulated ends.
///
/// Second order in space: across a face the difference of its two cells, along it the mean of their central
/// differences (nine cells in 2-D). Next to an end differences are one-sided, of three cells, or take the end's
/// temperature for one of them; at a fixed end, where the gradient is normal, the difference of the end's temperature
/// and two cells. `faces` is made from `cells`, which has a box stencil and one component. Local.
std::vector<Face> faces_with_flux(const grid::StructuredGrid& cells, const grid::FaceGrid& faces,
                                  const std::vector<AxisEnds>& ends);

}  // namespace bimetal::conduction
