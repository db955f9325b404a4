#pragma once

#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "core/rows.hpp"
#include "flow/position.hpp"
#include "grid/extents.hpp"
#include "grid/structured_grid.hpp"

namespace bimetal::flow {

/// The velocity at a place [m/s]; axes beyond the grid's dimensions are ignored.
using VelocityCondition = std::function<std::array<double, 3>(const Position&)>;

/// Velocity normal to the faces of this rank's cells [m/s]. Along its own axis an axis has one face more than
/// owned cells; faces are stored x fastest. Axes beyond the grid's dimensions are empty.
struct FaceVelocities {
  std::array<std::vector<double>, 3> normal;
};

/// Who says how the gas moves. Scalars ask for the face velocities of the step they are in and know nothing else of
/// the flow.
class VelocityModel {
 public:
  virtual ~VelocityModel() = default;
  virtual const FaceVelocities& faces() const = 0;
  /// Sum over the axes of the largest |u| / dx [1/s]: times a step, its Courant number. The same on every rank.
  virtual double courant_rate() const = 0;
};

enum class PrescribedKind {
  rest,
  uniform,
  vortex  // cells of counter-rotating flow; in 3-D the initial state of the Taylor-Green vortex
};
inline constexpr std::array<std::pair<const char*, PrescribedKind>, 3> prescribed_names{
    {{"rest", PrescribedKind::rest}, {"uniform", PrescribedKind::uniform}, {"vortex", PrescribedKind::vortex}}};

struct PrescribedOptions {
  PrescribedKind kind = PrescribedKind::rest;
  double amplitude = 1.0;                          // [m/s]
  std::array<double, 3> direction{1.0, 0.0, 0.0};  // of the uniform flow; any length but 0
  int waves = 1;                                   // of the vortices along every axis
};

/// A steady velocity that the user gives.
///
/// uniform: amplitude along `direction`. vortex, with X, Y, Z the coordinates scaled to `waves` turns over the box:
///   u = amplitude sin X cos Y cos Z,  v = -amplitude (L_y / L_x) cos X sin Y cos Z,  w = 0
/// (cos Z is 1 in 2-D), through differences of its stream function between the corners of a face, so that the
/// volume flows of every cell add up to zero to round-off. No flow crosses the ends of the box.
class PrescribedVelocity : public VelocityModel {
 public:
  /// UserError: a uniform flow through a wall or of no direction, vortices in 1-D or too small for the cells.
  /// Collective.
  PrescribedVelocity(const PrescribedOptions& options, const grid::StructuredGrid& grid);

  const FaceVelocities& faces() const override { return faces_; }
  double courant_rate() const override { return courant_rate_; }

 private:
  FaceVelocities faces_;
  double courant_rate_ = 0.0;
};

/// The same as a function of the position, whatever the ends are: what a solver for momentum starts from. UserError:
/// a uniform flow of no direction, vortices in 1-D or too small for the cells. Local.
VelocityCondition velocity_condition(const PrescribedOptions& options, const grid::StructuredGrid& grid);

/// Collective.
double courant_rate_of(const FaceVelocities& faces, const grid::StructuredGrid& grid);

/// Means of the faces on both sides, [n owned cells, n dimensions] [m/s]. Local.
core::RowTable at_centres(const FaceVelocities& faces, const grid::Extents& extents);

}  // namespace bimetal::flow
