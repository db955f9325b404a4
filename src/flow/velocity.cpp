#include "flow/velocity.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.hpp"

namespace bimetal::flow {
namespace {

using Index = std::array<std::int64_t, 3>;

/// Calls visit(global index of the cell above the face) for every face of `axis`, in the order of storage.
template <class Visit>
std::vector<double> map_faces(const grid::Extents& e, std::size_t axis, Visit visit) {
  Index n = e.owned;
  ++n[axis];
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(n[0] * n[1] * n[2]));
  for (std::int64_t k = 0; k < n[2]; ++k)
    for (std::int64_t j = 0; j < n[1]; ++j)
      for (std::int64_t i = 0; i < n[0]; ++i)
        values.push_back(visit(Index{e.first[0] + i, e.first[1] + j, e.first[2] + k}));
  return values;
}

FaceVelocities constant(const grid::Extents& e, const std::array<double, 3>& velocity) {
  FaceVelocities faces;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(e.dimensions); ++axis)
    faces.normal[axis] = map_faces(e, axis, [&](const Index&) { return velocity[axis]; });
  return faces;
}

std::array<double, 3> uniform_velocity(const PrescribedOptions& options, const grid::StructuredGrid& grid) {
  const int dimensions = grid.extents().dimensions;
  auto velocity = options.direction;
  double length = 0.0;
  for (int axis = 0; axis < dimensions; ++axis) length = std::hypot(length, velocity[static_cast<std::size_t>(axis)]);
  if (!(length > 0.0) || !std::isfinite(length))
    throw core::UserError::format(
        "The direction of the uniform velocity has length {} along the {} axes of the grid; give one that is not 0.",
        length, dimensions);
  for (int axis = 0; axis < dimensions; ++axis) {
    auto& component = velocity[static_cast<std::size_t>(axis)];
    component *= options.amplitude / length;
  }
  return velocity;
}

void refuse_walls(const std::array<double, 3>& velocity, const grid::StructuredGrid& grid) {
  for (int axis = 0; axis < grid.extents().dimensions; ++axis) {
    const double component = velocity[static_cast<std::size_t>(axis)];
    if (component != 0.0 &&
        (grid.boundary(axis).has(grid::Boundary::wall) || grid.boundary(axis).has(grid::Boundary::slip_wall)))
      throw core::UserError::format(
          "The uniform velocity of {} m/s along {} would pass through a wall; make that axis periodic or turn the "
          "direction.",
          component, "xyz"[axis]);
  }
}

void check_vortex(const PrescribedOptions& options, const grid::Extents& e) {
  constexpr std::int64_t least_cells = 4;  // of a wave; the edges of two see nothing but zeros of the stream function
  if (e.dimensions < 2)
    throw core::UserError("The velocity 'vortex' needs a grid of 2 or 3 axes, but this one has 1; use 'uniform'.");
  if (options.waves == 1) return;
  for (int axis = 0; axis < e.dimensions; ++axis)
    if (const auto n = e.cells[static_cast<std::size_t>(axis)]; n < least_cells * options.waves)
      throw core::UserError::format(
          "The velocity has {} waves along {}, which need {} cells each, but the grid has {} cells there; choose "
          "fewer waves or a finer grid.",
          options.waves, "xyz"[axis], least_cells, n);
}

FaceVelocities vortex(const PrescribedOptions& options, const grid::StructuredGrid& grid) {
  const auto& e = grid.extents();
  check_vortex(options, e);
  const double whole = 2.0 * std::numbers::pi * options.waves;  // the angle over the box
  const auto turn = [&](int axis, double cell_edges) {
    return whole * cell_edges / static_cast<double>(e.cells[static_cast<std::size_t>(axis)]);
  };
  const double height = e.upper[1] - e.lower[1];
  // Stream function on the lower left edge of cell (i, j), at the height of the centre of layer k.
  const auto stream = [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    const double layer = e.dimensions == 3 ? std::cos(turn(2, static_cast<double>(k) + 0.5)) : 1.0;
    return options.amplitude * height / whole * std::sin(turn(0, static_cast<double>(i))) *
           std::sin(turn(1, static_cast<double>(j))) * layer;
  };
  FaceVelocities faces = constant(e, {0.0, 0.0, 0.0});
  faces.normal[0] = map_faces(
      e, 0, [&](const Index& c) { return (stream(c[0], c[1] + 1, c[2]) - stream(c[0], c[1], c[2])) / e.spacing(1); });
  faces.normal[1] = map_faces(e, 1, [&](const Index& c) {
    return -(stream(c[0] + 1, c[1], c[2]) - stream(c[0], c[1], c[2])) / e.spacing(0);
  });
  return faces;
}

}  // namespace

PrescribedVelocity::PrescribedVelocity(const PrescribedOptions& options, const grid::StructuredGrid& grid) {
  switch (options.kind) {
    case PrescribedKind::rest: faces_ = constant(grid.extents(), {0.0, 0.0, 0.0}); break;
    case PrescribedKind::uniform: {
      const auto velocity = uniform_velocity(options, grid);
      refuse_walls(velocity, grid);
      faces_ = constant(grid.extents(), velocity);
      break;
    }
    case PrescribedKind::vortex: faces_ = vortex(options, grid); break;
  }
  courant_rate_ = courant_rate_of(faces_, grid);
}

VelocityCondition velocity_condition(const PrescribedOptions& options, const grid::StructuredGrid& grid) {
  switch (options.kind) {
    case PrescribedKind::rest: break;
    case PrescribedKind::uniform:
      return [velocity = uniform_velocity(options, grid)](const Position&) { return velocity; };
    case PrescribedKind::vortex: {
      check_vortex(options, grid.extents());
      return [e = grid.extents(), amplitude = options.amplitude,
              whole = 2.0 * std::numbers::pi * options.waves](const Position& x) {
        const auto turn = [&](std::size_t axis) {
          return whole * (x[axis] - e.lower[axis]) / (e.upper[axis] - e.lower[axis]);
        };
        const double aspect = (e.upper[1] - e.lower[1]) / (e.upper[0] - e.lower[0]);
        const double layer = e.dimensions == 3 ? std::cos(turn(2)) : 1.0;
        return std::array<double, 3>{amplitude * std::sin(turn(0)) * std::cos(turn(1)) * layer,
                                     -amplitude * aspect * std::cos(turn(0)) * std::sin(turn(1)) * layer, 0.0};
      };
    }
  }
  return [](const Position&) { return std::array<double, 3>{}; };
}

double courant_rate_of(const FaceVelocities& faces, const grid::StructuredGrid& grid) {
  double rate = 0.0;
  for (int axis = 0; axis < grid.extents().dimensions; ++axis) {
    double fastest = 0.0;
    for (const double u : faces.normal[static_cast<std::size_t>(axis)]) fastest = std::max(fastest, std::abs(u));
    rate += grid.communicator().max(fastest) / grid.extents().spacing(axis);
  }
  return rate;
}

core::RowTable at_centres(const FaceVelocities& faces, const grid::Extents& e) {
  core::RowTable centres(e.dimensions, e.n_owned());
  for (std::size_t a = 0; a < static_cast<std::size_t>(e.dimensions); ++a) {
    Index n = e.owned;
    ++n[a];
    const Index stride{1, n[0], n[0] * n[1]};
    std::int64_t cell = 0;
    for (std::int64_t k = 0; k < e.owned[2]; ++k)
      for (std::int64_t j = 0; j < e.owned[1]; ++j)
        for (std::int64_t i = 0; i < e.owned[0]; ++i) {
          const std::int64_t face = i + n[0] * (j + n[1] * k);
          centres[cell++][a] = 0.5 * (faces.normal[a][static_cast<std::size_t>(face)] +
                                      faces.normal[a][static_cast<std::size_t>(face + stride[a])]);
        }
  }
  return centres;
}

}  // namespace bimetal::flow
