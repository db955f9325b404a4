#pragma once

#include "grid/structured_grid.hpp"

namespace bimetal::grid {

/// A grid of points for what lies on the faces of a structured grid: component a of point (i, j, k) belongs to the
/// lower face of cell (i, j, k) along axis a. An axis that is not periodic has one point more than cells, for the
/// face at its upper end; the other components are spare there. With other components the points stand for cells.
///
/// The ranks own the points of their cells, the last rank of an axis also the extra point. Unlike StructuredGrid it
/// has a box stencil: edges and corners between neighbours are filled. Beyond the ends of an axis that is not
/// periodic nothing is: boundary conditions are the flow's business. Wraps a PETSc DMDA.
class FaceGrid {
 public:
  /// Collective.
  FaceGrid(const StructuredGrid& cells, int n_components);

  int n_components() const { return n_components_; }
  /// Where points lie in an array with ghosts; `owned` counts points.
  const GhostedLayout& layout() const { return layout_; }
  /// Where the owned points lie in a global vector: point (i, j, k), counted from the first owned one.
  std::int64_t owned_index(std::int64_t i, std::int64_t j, std::int64_t k) const {
    return i + layout_.owned[0] * (j + layout_.owned[1] * k);
  }

  /// The owned points among all.
  const core::PointsOfRank& points() const { return points_; }

  petsc::Handle<Vec> create_global() const;  // Collective.
  petsc::Handle<Vec> create_local() const;   // with ghosts, GhostedLayout. Local.
  /// Copies the owned points into `local` and fills its ghosts as far as there are neighbours. Collective.
  void exchange_halo(Vec global, Vec local) const;

 private:
  int n_components_;
  GhostedLayout layout_;
  core::PointsOfRank points_;
  petsc::Handle<DM> dm_;
};

}  // namespace bimetal::grid
