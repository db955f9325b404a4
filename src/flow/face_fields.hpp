#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/rows.hpp"
#include "flow/position.hpp"
#include "grid/face_grid.hpp"
#include "grid/structured_grid.hpp"

namespace bimetal::flow {

/// Velocity along the axis at an inflow [m/s], positive upwards along the axis, by the position of the face's centre.
using InflowProfile = std::function<double(const Position&)>;

/// By axis and end (0 lower, 1 upper).
template <class T>
using ByEnd = std::array<std::array<T, 2>, 3>;

/// A box of points: from `begin` up to, not including, `end`, counted from this rank's first owned cell.
struct PointBox {
  std::array<std::int64_t, 3> begin{0, 0, 0}, end{1, 1, 1};
};

/// Calls visit(i, j, k) for every point of the box, x fastest.
template <class Visit>
void for_points(const PointBox& box, Visit visit) {
  for (std::int64_t k = box.begin[2]; k < box.end[2]; ++k)
    for (std::int64_t j = box.begin[1]; j < box.end[1]; ++j)
      for (std::int64_t i = box.begin[0]; i < box.end[0]; ++i) visit(i, j, k);
}

/// What the ends of the box mean for a velocity on faces and for quantities on cells beside it: fills the ghost
/// points of a grid::FaceGrid that no neighbour owns. Local.
class FaceFields {
 public:
  /// `layout` is a FaceGrid's over `cells`; `inflow` has a profile for every end that is an inflow.
  FaceFields(const grid::StructuredGrid& cells, const grid::GhostedLayout& layout, ByEnd<InflowProfile> inflow);

  const grid::Extents& extents() const { return extents_; }
  const grid::GhostedLayout& layout() const { return layout_; }

  /// The faces of component `axis` on which the velocity is solved for: all of this rank, but not those at walls and
  /// inflows, where it is given; and of a face between two ranks only the one above it.
  const PointBox& solved(int axis) const { return solved_[static_cast<std::size_t>(axis)]; }
  /// All points that belong to cells of this rank.
  PointBox cells() const;

  /// u: [n ghosted points, n dimensions]. Sets the given velocities at the ends and the points beyond: mirrored with
  /// the sign that makes a wall hold or a slip wall let pass, extrapolated beyond inflows, repeated beyond outflows.
  /// A neighbour's given faces are left as its vector has them.
  void impose_on_velocity(core::Rows u) const;
  /// quantities: [n ghosted points, n] of cells: repeated beyond the ends.
  void repeat_beyond_ends(core::Rows quantities) const;
  /// The same for column `column`, but with the sign changed beyond outflows: it vanishes there.
  void vanish_at_outflows(core::Rows quantities, std::size_t column) const;

 private:
  struct End {
    int axis, end;
    grid::Boundary kind;
  };
  void impose_normal(const End& end, core::Rows u) const;
  void impose_tangential(const End& end, core::Rows u) const;
  /// Calls visit(point, position of the face's centre) for the points in the plane `at` across the end's axis, ghosts
  /// of the other axes included.
  template <class Visit>
  void for_plane(const End& end, std::int64_t at, Visit visit) const;

  grid::Extents extents_;
  grid::GhostedLayout layout_;
  ByEnd<InflowProfile> inflow_;
  std::vector<End> ends_;  // of the box at this rank that are not periodic
  std::array<PointBox, 3> solved_;
};

}  // namespace bimetal::flow
